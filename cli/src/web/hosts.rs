//! The hosts that a stranger's URL may name.

use std::str::FromStr;

use url::{Host, Url};

/// The domains of Tencent's storage. Only their subdomains are servers.
const TENCENT: [&str; 4] = ["myqcloud.com", "qcloud.com", "tencentcos.cn", "tim.qq.com"];

/// The hosts.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// Any public host, else only Tencent's.
    is_any: bool,
    named: Vec<NamedHost>,
}

/// A host that the user named: `cdn.example.com`, `127.0.0.1:8080`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedHost {
    host: Host<String>,
    port: Option<u16>,
}

/// How far a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Only to public addresses.
    Public,
    /// To private addresses too.
    Named,
}

impl Hosts {
    /// Tencent's storage, and these.
    pub(crate) fn tencent_and(named: Vec<NamedHost>) -> Self {
        Self { is_any: false, named }
    }

    /// Any public host, and these.
    pub(crate) fn any_and(named: Vec<NamedHost>) -> Self {
        Self { is_any: true, named }
    }

    /// Checks a URL.
    pub(super) fn reach(&self, url: &Url) -> Result<Reach, String> {
        let host = url.host().ok_or("a URL without a host")?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a URL with a password".to_owned());
        }
        if let Some(named) = self.named.iter().find(|named| named.is_of(url)) {
            return match url.scheme() {
                "https" => Ok(Reach::Named),
                "http" if named.is_loopback() => Ok(Reach::Named),
                _ => Err("not an https URL".to_owned()),
            };
        }
        if url.scheme() != "https" {
            return Err("not an https URL".to_owned());
        }
        let is_known = match &host {
            Host::Domain(name) => self.is_any || is_tencent(name),
            Host::Ipv4(_) | Host::Ipv6(_) => false,
        };
        match (is_known, url.port()) {
            (true, None) => Ok(Reach::Public),
            (true, Some(port)) => Err(format!("port {port} of {host} is not allowed")),
            (false, _) => Err(format!("the host {host} is not allowed")),
        }
    }
}

fn is_tencent(name: &str) -> bool {
    let is_below = |domain: &str| name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    TENCENT.iter().any(|domain| is_below(domain))
}

impl NamedHost {
    fn is_of(&self, url: &Url) -> bool {
        let port = self.port.or_else(|| if url.scheme() == "http" { Some(80) } else { Some(443) });
        url.host().is_some_and(|host| host.to_owned() == self.host) && url.port_or_known_default() == port
    }

    /// Whether it is an address of this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(_) => false,
        }
    }
}

impl FromStr for NamedHost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "expected a host such as cdn.example.com or 127.0.0.1:8080";
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| expected)?;
        let is_host = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_host = is_host && url.username().is_empty() && url.password().is_none();
        let host = url.host().filter(|_| is_host).ok_or(expected)?.to_owned();
        Ok(Self { host, port: url.port() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(hosts: &Hosts, url: &str) -> Result<Reach, String> {
        hosts.reach(&Url::parse(url).expect("a URL"))
    }

    #[test]
    fn only_https_urls_of_tencent_are_allowed_by_default() {
        let hosts = Hosts::tencent_and(Vec::new());
        for url in [
            "https://a-1253735226.cos.ap-shanghai.myqcloud.com/x",
            "https://COS.ap-singapore.MYQCLOUD.com:443/x?y#z",
            "https://a.im.qcloud.com/",
            "https://download.tim.qq.com/msg_history/2/x.gz",
        ] {
            assert_eq!(reach(&hosts, url), Ok(Reach::Public), "{url}");
        }
        for url in [
            "http://a.myqcloud.com/",
            "ftp://a.myqcloud.com/",
            "https://myqcloud.com/",
            "https://evilmyqcloud.com/",
            "https://a.myqcloud.com.evil.com/",
            "https://a.myqcloud.com@evil.com/",
            "https://user:password@a.myqcloud.com/",
            "https://a.myqcloud.com:22/",
            "https://169.254.169.254/",
            "https://[::1]/",
            "https://2130706433/",
            "https://localhost/",
            "file:///etc/passwd",
            "data:text/plain,x",
        ] {
            assert!(reach(&hosts, url).is_err(), "{url}");
        }
    }

    #[test]
    fn named_host_is_allowed_and_http_only_on_loopback() {
        let named = |text: &str| text.parse().expect("a host");
        let hosts = Hosts::tencent_and(vec![named("cdn.example.com"), named("127.0.0.1:8080")]);
        assert_eq!(reach(&hosts, "https://cdn.example.com/x"), Ok(Reach::Named));
        assert_eq!(reach(&hosts, "http://127.0.0.1:8080/x"), Ok(Reach::Named));
        for url in ["http://cdn.example.com/", "https://cdn.example.com:8443/", "http://127.0.0.1:8081/"] {
            assert!(reach(&hosts, url).is_err(), "{url}");
        }
    }

    #[test]
    fn text_that_is_not_a_host_is_an_error() {
        for text in ["", "https://a.com", "a.com/x", "user@a.com", "a.com?x", "a b"] {
            assert!(text.parse::<NamedHost>().is_err(), "{text}");
        }
    }
}
