use super::*;

fn scan(text: &str) -> Vec<Part<'_>> {
    Scan::new(text.as_bytes()).collect()
}

#[test]
fn entries_and_messages_are_found_only_where_aws_puts_them() {
    use Part::{Batch, CutOff, Entry, Message};
    let message = Message(br#""unrecorded""#);
    for (text, parts) in [
        (r#"{"unrecorded":{"a":"}"}}"#, vec![Entry(br#"{"a":"}"}"#)]),
        (r#"{"unrecorded" : {"a":[{}]} }"#, vec![Entry(br#"{"a":[{}]}"#)]),
        (r#"{"awslogs":{"data":"x"}}"#, vec![Batch(br#"{"data":"x"}"#)]),
        (r#"{"requestPayload":{"awslogs":{}}}"#, vec![Batch(b"{}")]),
        (r#"{"@message":{"unrecorded":{}},"subject":{"unrecorded":{}}}"#, vec![Entry(b"{}")]),
        (r#"[x] "unrecorded":{"a":1}"#, vec![]),
        (r#"{"unrecorded":"x","message":{"unrecorded":5}}"#, vec![]),
        (r#"["a",["unrecorded"],{"message":"unrecorded","other":"unrecorded"}]"#, vec![message; 2]),
        (r#"{"subject":["unrecorded",["unrecorded"],{"message":"unrecorded"}]}"#, vec![]),
        (r#"{"results":[[{"field":"@message","value":"unrecorded"}]]}"#, vec![message]),
        (r#"{"results":[[{"value":"unrecorded","field":"@message"}]]}"#, vec![message]),
        (r#"{"results":[[{"field":"subject","value":"unrecorded"}]]}"#, vec![]),
        (r#"{"Messages":[{"Body":"unrecorded"}],"Body":"unrecorded"}"#, vec![message]),
        ("\"unrecorded\",\n\"unrecorded\" \"\n x \"unrecorded\"\n\"unrecorded\"", vec![message; 2]),
    ] {
        assert_eq!(scan(text), parts, "{text}");
    }
    for (text, parts) in [
        (r#"{"unrecorded":{"a":["#, vec![CutOff]),
        (r#"{"unrecorded":{"a":"b"#, vec![CutOff]),
        (r#"{"message":"unrecorded"#, vec![CutOff]),
        (r#"{"subject":"unrecorded"#, vec![]),
        ("{\"unrecorded\":{\"a\":\"b\n{\"unrecorded\":{}}", vec![CutOff, Entry(b"{}")]),
        ("{\"unrecorded\":{\"a\":1\n{\"unrecorded\":{}}", vec![CutOff, Entry(b"{}")]),
        ("{\"subject\":[1\n{\"unrecorded\":{}}", vec![Entry(b"{}")]),
        (r#"{"unrecorded":{"a":[1}}"#, vec![Entry(br#"{"a":[1}"#)]),
        ("]}\"{", vec![]),
    ] {
        assert_eq!(scan(text), parts, "{text}");
    }
}

#[test]
fn scan_reads_each_byte_at_most_twice() {
    for unit in [
        "[",
        "{",
        "[{",
        "{\"a\":",
        "{\"unrecorded\":{",
        "[\"",
        "}",
        "[}",
        "\"",
        "\n\"",
        "\"\n",
        "\\",
        ", ",
        "{\n",
    ] {
        let text = unit.repeat(2_000_000 / unit.len());
        let started = std::time::Instant::now();
        scan(&text);
        assert!(started.elapsed().as_secs() < 5, "{unit}");
    }
}
