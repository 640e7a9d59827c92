//! **Yours to edit: your answers to before-callbacks.** How: `docs/extending.md`, and [`Ask`].

use tencent_chat_callbacks::{Answer, Ask};

/// Words that no message may contain.
const WORDS: [&str; 2] = ["buy now", "casino"];

fn is_unwanted(text: &str) -> bool {
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

/// Called with each before-callback of its documented shape, before it is recorded. It has 0.8 s, then Tencent gets the
/// default answer, which allows. Awaiting is fine; do not block the thread.
#[allow(clippy::unused_async, reason = "a decision may await")]
pub async fn decide(ask: Ask<'_>) -> Answer {
    match ask {
        Ask::GroupBeforeCreateGroup(ask) if is_unwanted(&ask.event().name) => {
            ask.deny::<10101>("This name is not allowed.")
        }
        Ask::GroupBeforeSendMsg(ask) if ask.event().texts().any(|text| is_unwanted(&text)) => ask.drop(),
        Ask::C2cBeforeSendMsg(ask) if ask.event().texts().any(|text| is_unwanted(&text)) => {
            ask.deny::<120_001>("This message is not allowed.")
        }
        ask => ask.answer(),
    }
}

#[cfg(test)]
mod tests {
    use tencent_chat_callbacks::Callback;

    use super::*;

    #[tokio::test]
    async fn unwanted_words_are_denied() {
        for (name, code) in [("My CASINO", 10101), ("My choir", 0)] {
            let body =
                format!(r#"{{"Operator_Account":"a","Owner_Account":"a","Type":"Public","Name":"{name}"}}"#);
            let callback = Callback::of("Group.CallbackBeforeCreateGroup", &body).expect("an object");
            let answer = decide(callback.ask().expect("a before-callback")).await;
            assert_eq!(answer.error_code(), code, "{name}");
        }
    }
}
