//! Addresses that a stranger's URL may lead to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether the address is on the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match embedded(address) {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether a host that the user named may have the address: also a private one, but not a link-local one. Those belong
/// to metadata services.
pub(super) fn may_be_named(address: IpAddr) -> bool {
    let is_local = match embedded(address) {
        IpAddr::V4(address) => address.is_link_local() || address.is_unspecified() || address.is_multicast(),
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || address.is_unspecified()
                || address.is_multicast()
                || is_metadata(address)
        }
    };
    !is_local
}

/// The IPv4 address inside an IPv6 address, else the address: IPv4-mapped, IPv4-compatible, NAT64 or 6to4.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let v4 = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0, high, low] if (high, low) > (0, 1) => v4(high, low),
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => v4(high, low),
        _ => address,
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match (a, b, c) {
        // "This network", shared (carrier-grade NAT), benchmarks, reserved and broadcast.
        (0 | 240.., ..) | (100, 64..128, _) | (198, 18..20, _) | (192, 0, 0) | (192, 88, 99) => true,
        _ => false,
    };
    !(is_special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

/// Only global unicast addresses, `2000::/3`, are public, without the blocks for special purposes in it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_special = match (a, b) {
        // Protocol assignments with Teredo, documentation.
        (0x2001, ..0x200 | 0xdb8) | (0x3fff, ..0x1000) => true,
        _ => false,
    };
    (0x2000..0x4000).contains(&a) && !is_special
}

/// The metadata service of EC2, which has a unique local address.
fn is_metadata(address: Ipv6Addr) -> bool {
    address.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached_by_default() {
        for (address, expected) in [
            ("129.226.0.1", true),
            ("2402:4e00::1", true),
            ("::ffff:129.226.0.1", true),
            ("64:ff9b::129.226.0.1", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("127.8.8.8", false),
            ("169.254.169.254", false),
            ("172.31.255.255", false),
            ("192.0.0.1", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("64:ff9b::10.0.0.1", false),
            ("2002:a9fe:a9fe::1", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(address.parse().expect("an address")), expected, "{address}");
        }
    }

    #[test]
    fn named_host_may_be_private_but_not_a_metadata_service() {
        for (address, expected) in [
            ("127.0.0.1", true),
            ("10.1.2.3", true),
            ("fd12::1", true),
            ("169.254.169.254", false),
            ("::ffff:169.254.169.254", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(may_be_named(address.parse().expect("an address")), expected, "{address}");
        }
    }
}
