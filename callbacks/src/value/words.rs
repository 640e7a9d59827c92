//! Fields with a short list of documented words.

/// Defines an enum of a field's documented words. Tencent may add others, so each enum has `Other`: a new word must
/// not make a body unreadable. Letter case counts, so that each word is written back unchanged.
macro_rules! words {
    ($(#[$of_enum:meta])* $name:ident { $($(#[$of_word:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$of_enum])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, bounded_static::ToStatic)]
        #[non_exhaustive]
        pub enum $name<'a> {
            $($(#[$of_word])* $variant,)+
            /// Any other word, unchanged.
            Other($crate::value::Text<'a>),
        }

        impl $name<'_> {
            /// The word as Tencent writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }

            /// The same with its own copy of the word, so that it can outlive the body.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                bounded_static::IntoBoundedStatic::into_static(self)
            }
        }

        impl<'a> From<$crate::value::Text<'a>> for $name<'a> {
            fn from(word: $crate::value::Text<'a>) -> Self {
                match &*word {
                    $($word => Self::$variant,)+
                    _ => Self::Other(word),
                }
            }
        }

        impl<'a> From<&'a str> for $name<'a> {
            fn from(word: &'a str) -> Self {
                $crate::value::Text::from(word).into()
            }
        }

        impl std::fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl PartialEq<str> for $name<'_> {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name<'_> {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            #[inline(never)]
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::value::Text::deserialize(deserializer).map(Self::from)
            }
        }

        #[cfg(feature = "serialize")]
        impl serde::Serialize for $name<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::event::group::ExitType;

    fn read(json: &str) -> Result<ExitType<'_>, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn word_is_read_from_the_same_json_as_text() {
        for (json, exit) in [
            (r#""Quit""#, ExitType::Quit),
            (r#""\u0051uit""#, ExitType::Quit),
            (r#""Kicked""#, ExitType::Kicked),
            (r#""quit""#, ExitType::Other("quit".into())),
            (r#""""#, ExitType::Other("".into())),
            ("5", ExitType::Other("5".into())),
        ] {
            assert_eq!(read(json), Ok(exit), "{json}");
        }
        for json in ["null", "true", "1.5", "[]", "{}"] {
            let error = read(json).expect_err(json);
            assert!(error.contains("expected a string or a number"), "{error}");
        }
    }

    #[test]
    fn word_compares_displays_and_is_written_like_its_text() {
        for word in ["Quit", "Kicked", "quit", ""] {
            let exit = ExitType::from(word);
            assert!(exit == word && exit == *word && exit != "Left");
            assert_eq!((format!("{exit:>7}"), exit.as_str()), (format!("{word:>7}"), word));
            #[cfg(feature = "serialize")]
            assert_eq!(serde_json::to_value(&exit).expect("a string"), word);
            assert_eq!(exit.clone().into_owned(), exit);
        }
    }
}
