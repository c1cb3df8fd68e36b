//! This module reads the members of a JSON error body: the `key: value` pairs of the outer object and of the objects right inside
//! it.
//!
//! It is a reader of a few dozen lines and no JSON library, because a library takes a quarter of the core's size budget and error
//! bodies need no more: codes and ids are plain words, so strings are taken as written, escapes included. If the text is not
//! JSON, the result is whatever came before the fault, or nothing.

/// One member with a plain value.
#[derive(Debug, PartialEq)]
pub struct Member<'t> {
    /// The key of the object that the member stands in; `None` in the outer object.
    pub parent: Option<&'t str>,
    pub key: &'t str,
    /// A string without its quotes, or a number, `true`, `false`, `null` as written.
    pub value: &'t str,
}

pub fn members(text: &str) -> Vec<Member<'_>> {
    let mut found = Vec::new();
    // This list holds the keys under which the open objects and arrays stand.
    let mut open: Vec<Option<&str>> = Vec::new();
    let mut key: Option<&str> = None;
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        match first {
            '{' | '[' => {
                open.push(key.take());
                rest = after;
            }
            '}' | ']' => {
                open.pop();
                key = None;
                rest = after;
                if open.is_empty() {
                    break;
                }
            }
            ',' => {
                key = None;
                rest = after;
            }
            ':' => rest = after,
            '"' => {
                let Some((string, behind)) = string(after) else { break };
                rest = behind.trim_start();
                match key {
                    None if rest.starts_with(':') => key = Some(string),
                    _ => found.extend(member(&open, key.take(), string)),
                }
            }
            _ => {
                let end = rest.find([',', '}', ']', ':', '"']).unwrap_or(rest.len());
                let (value, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
                found.extend(member(&open, key.take(), value.trim_end()));
                rest = behind;
            }
        }
        rest = rest.trim_start();
    }
    found
}

fn member<'t>(open: &[Option<&'t str>], key: Option<&'t str>, value: &'t str) -> Option<Member<'t>> {
    let parent = match open {
        [_] => None,
        [_, parent] => *parent,
        _ => return None,
    };
    Some(Member { parent, key: key?, value })
}

/// Splits a text into the string up to the closing quote and the part that follows it.
fn string(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::members;
    use proptest::prelude::*;
    use serde_json::Value;

    fn said(text: &str) -> Vec<String> {
        members(text).iter().map(|m| format!("{}.{}={}", m.parent.unwrap_or_default(), m.key, m.value)).collect()
    }

    #[test]
    fn two_levels() {
        assert_eq!(
            said(
                r#" {"error": {"code":"a_b", "param":null, "x":{"code":"deep"}}, "n" : 12 ,"s":"q\"}", "l":[1,"z"]} {"no":1}"#
            ),
            ["error.code=a_b", "error.param=null", ".n=12", r#".s=q\"}"#]
        );
    }

    #[test]
    fn what_is_no_json() {
        for text in ["", "{", "{\"a", "{\"a\":", "}{", "[[[", "error code: 1020", "{\"a\":\"b", "\"a\":1"] {
            assert!(said(text).is_empty(), "{text}: {:?}", said(text));
        }
    }

    proptest! {
        #[test]
        fn never_fails(text in r#"[{}\[\]:,"\\a1é ]{0,40}"#) {
            members(&text);
        }

        #[test]
        fn agrees_with_a_library(values in prop::collection::btree_map("[a-z]{1,4}", "[a-z_0-9]{0,6}", 0..5), inner in prop::collection::btree_map("[a-z]{1,4}", 0..9_000_000i64, 0..4)) {
            let mut object: serde_json::Map<String, Value> = values.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect();
            object.insert("ERR".into(), inner.iter().map(|(k, v)| (k.clone(), Value::from(*v))).collect::<serde_json::Map<_, _>>().into());
            for text in [serde_json::to_string(&object).unwrap(), serde_json::to_string_pretty(&object).unwrap()] {
                let mut expected: Vec<String> = values.iter().map(|(k, v)| format!(".{k}={v}")).chain(inner.iter().map(|(k, v)| format!("ERR.{k}={v}"))).collect();
                let mut read = said(&text);
                expected.sort();
                read.sort();
                prop_assert_eq!(read, expected);
            }
        }
    }
}
