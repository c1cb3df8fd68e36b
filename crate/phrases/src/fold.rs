//! This module folds text so that wording is compared, not typing: letters and digits become lower case, full width becomes half
//! width, and everything else becomes one space.
//!
//! Between Chinese, Japanese or Korean characters no space is kept, and one is put where such a character meets another script,
//! because pages break lines and pad there as they like. Punctuation and quotes fold away, so `don't`, `don’t` and `don´t` are
//! one text. The build script folds the catalogue's phrases with this same code. There is no Unicode normalisation: pages of the
//! field are in composed form, and tables for it would cost more than they would find.

/// A folded text, and where its words stood.
#[derive(Default)]
pub struct Folded {
    /// The folded bytes. They begin and end with a space, unless nothing is left.
    pub bytes: Vec<u8>,
    /// The place of each word, and of each ideograph, in `bytes` and in the source.
    pub starts: Vec<(u32, u32)>,
}

pub fn fold(input: &str) -> Folded {
    let source = input.as_bytes();
    let mut folded =
        Folded { bytes: Vec::with_capacity(source.len() + 2), starts: Vec::with_capacity(source.len() / 5) };
    let mut last = Kind::Gap;
    let mut gap = false;
    let mut at = 0;
    while let Some(&byte) = source.get(at) {
        let from = at;
        if byte < 0x80 {
            if LOWER[usize::from(byte)] == 0 {
                at += 1;
                gap = true;
                continue;
            }
            if gap || last != Kind::Word {
                folded.start_word(from);
            }
            // The rest of the word is taken with it, because most of a text is words of these letters.
            let rest = source.get(at..).unwrap_or_default();
            let lower = rest.iter().map(|byte| LOWER[usize::from(*byte)]).take_while(|lower| *lower != 0);
            let had = folded.bytes.len();
            folded.bytes.extend(lower);
            at += folded.bytes.len() - had;
            last = Kind::Word;
        } else {
            let c = input.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\u{FFFD}');
            at += c.len_utf8();
            match classify(c) {
                Kind::Nothing => continue,
                Kind::Gap => {
                    gap = true;
                    continue;
                }
                // A space between two ideographs has no meaning; between other words it is a word boundary.
                Kind::Ideograph if last == Kind::Ideograph => {
                    folded.starts.push((folded.bytes.len() as u32, from as u32));
                }
                kind => {
                    if gap || last != kind {
                        folded.start_word(from);
                    }
                    last = kind;
                }
            }
            folded.bytes.extend_from_slice(lower(c).encode_utf8(&mut [0; 4]).as_bytes());
        }
        gap = false;
    }
    if last != Kind::Gap {
        folded.bytes.push(b' ');
    }
    folded
}

impl Folded {
    fn start_word(&mut self, source: usize) {
        self.bytes.push(b' ');
        self.starts.push((self.bytes.len() as u32, source as u32));
    }
}

/// This table holds ASCII letters and digits in lower case, and 0 for everything else. All bytes have a place, so that none need
/// be checked.
static LOWER: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            table[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Returns the folded text as a string, without the space at either end.
pub fn folded(input: &str) -> String {
    String::from_utf8_lossy(&fold(input).bytes).trim_matches(' ').to_owned()
}

/// Returns the text with its signs: letters are in lower case, digits of other scripts become ASCII digits, each white space
/// becomes one space except for the end of a line, and nothing invisible is left.
pub fn lowered(input: &str) -> String {
    let sign = |c: char| match c {
        '\n' => Some('\n'),
        c if c.is_whitespace() => Some(' '),
        '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10),
        '\u{6F0}'..='\u{6F9}' => char::from_digit(c as u32 - 0x6F0, 10),
        '\u{966}'..='\u{96F}' => char::from_digit(c as u32 - 0x966, 10),
        c if c.is_ascii() => Some(c.to_ascii_lowercase()),
        // These are vowels that Arabic may leave out.
        '\u{64B}'..='\u{652}' => None,
        c if classify(c) == Kind::Nothing => None,
        c => Some(lower(c)),
    };
    input.chars().filter_map(sign).collect()
}

/// Tells whether a character belongs to those that are written without spaces between words.
pub fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{2FDF}' | '\u{3040}'..='\u{30FF}' | '\u{3105}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Word,
    Ideograph,
    Gap,
    Nothing,
}

/// Returns the kind of a character beyond ASCII.
fn classify(c: char) -> Kind {
    match c {
        // Soft hyphen, zero-width characters, direction marks, variation selectors: invisible.
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' => Kind::Nothing,
        '\u{80}'..='\u{A9}' | '\u{AB}'..='\u{B4}' | '\u{B6}'..='\u{B9}' | '\u{BB}'..='\u{BF}' => Kind::Gap,
        // General punctuation, symbols, CJK punctuation, private use, full-width punctuation.
        '\u{2000}'..='\u{2BFF}' | '\u{3000}'..='\u{303F}' | '\u{E000}'..='\u{F8FF}' | '\u{FE10}'..='\u{FE6F}' => {
            Kind::Gap
        }
        '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' | '\u{FF3F}' => Kind::Word,
        '\u{FF00}'..='\u{FF65}' | '\u{FFE0}'..='\u{FFFF}' => Kind::Gap,
        // Punctuation of Greek, Armenian, Hebrew, Arabic, Indic scripts, Thai, Tibetan, Myanmar, Georgian, Ethiopic, Khmer.
        '\u{37E}'
        | '\u{387}'
        | '\u{55A}'..='\u{55F}'
        | '\u{589}'
        | '\u{5BE}'
        | '\u{5F3}'
        | '\u{5F4}'
        | '\u{60C}'
        | '\u{61B}'
        | '\u{61F}'
        | '\u{66A}'..='\u{66D}'
        | '\u{6D4}'
        | '\u{964}'
        | '\u{965}'
        | '\u{E2F}'
        | '\u{E5A}'
        | '\u{E5B}'
        | '\u{104A}'
        | '\u{104B}'
        | '\u{10FB}'
        | '\u{1361}'..='\u{1368}'
        | '\u{17D4}'..='\u{17DA}' => Kind::Gap,
        c if is_ideograph(c) => Kind::Ideograph,
        _ => Kind::Word,
    }
}

/// Returns a character beyond ASCII in lower case.
fn lower(c: char) -> char {
    match c {
        // Full-width letters and digits stand 0xFEE0 above their ASCII forms.
        '\u{FF01}'..='\u{FF5E}' => char::from(((c as u32 - 0xFEE0) as u8).to_ascii_lowercase()),
        c => lower_other(c),
    }
}

/// Returns the lower case in those scripts of the site's languages that have any: Latin, Greek, Cyrillic, Armenian. It goes by
/// their order in Unicode instead of by the standard library's table, which would be a fifth of the core's size; one character
/// gives one character, and final sigma is a sigma.
fn lower_other(c: char) -> char {
    let code = c as u32;
    let lower = match code {
        0xC0..=0xD6 | 0xD8..=0xDE | 0x391..=0x3A1 | 0x3A3..=0x3AB | 0x410..=0x42F => code + 32,
        0x3C2 => 0x3C3,
        0x386 => 0x3AC,
        0x388..=0x38A => code + 37,
        0x38C => 0x3CC,
        0x38E | 0x38F => code + 63,
        0x400..=0x40F => code + 80,
        0x531..=0x556 => code + 48,
        // Turkish dotted capital: the dot is folded away, as typing it is a matter of taste.
        0x130 => 0x69,
        0x178 => 0xFF,
        // Capital and small letters alternate here, with the capital on the odd code.
        0x139..=0x148 | 0x179..=0x17E | 0x4C1..=0x4CE => code + (code & 1),
        // They alternate here, too, with the capital on the even code.
        0x100..=0x12F
        | 0x132..=0x137
        | 0x14A..=0x177
        | 0x1A0..=0x1A5
        | 0x1DE..=0x1EF
        | 0x1F8..=0x21F
        | 0x222..=0x233
        | 0x460..=0x481
        | 0x48A..=0x4BF
        | 0x4D0..=0x52F
        | 0x1E00..=0x1E95
        | 0x1EA0..=0x1EFF => code | 1,
        0x1AF => 0x1B0,
        0x4C0 => 0x4CF,
        _ => code,
    };
    char::from_u32(lower).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn typing_does_not_matter() {
        for (a, b) in [
            ("Can’t  connect", "can't connect"),
            ("Error\u{a0}code:\n1020", "error code 1020"),
            ("（ＥＲＲＯＲ　１０２０）", "error 1020"),
            ("“network\u{200b} error”…", "Network error"),
            ("ChatGPT目前已达到 最大容量", "chatgpt 目前已达到最大容量"),
            ("invalid_state", "INVALID_STATE"),
        ] {
            assert_eq!(folded(a), folded(b));
        }
        assert_eq!(folded("Error (400 Invalid Session): x"), "error 400 invalid session x");
        assert_eq!(folded("  ¡…! "), "");
        assert_eq!(folded("can't"), "can t");
    }

    #[test]
    fn lower_case_is_unicodes_in_the_scripts_of_the_field() {
        let blocks = [
            0xC0..0x180,
            0x1A0..0x1A6,
            0x1AF..0x1B1,
            0x386..0x3CF,
            0x400..0x530,
            0x531..0x557,
            0x1E00..0x1E96,
            0x1EA0..0x1F00,
        ];
        for c in blocks.into_iter().flatten().filter_map(char::from_u32).filter(|c| !"İςŊŸ".contains(*c)) {
            let mut expected = c.to_lowercase();
            assert_eq!(Some(super::lower_other(c)), expected.next(), "{c} {:x}", c as u32);
            assert_eq!(expected.next(), None, "{c}");
        }
    }

    #[test]
    fn ideographs_are_set_apart_from_other_scripts() {
        assert_eq!(folded("错误1020。请稍后"), "错误 1020 请稍后");
        assert_eq!(folded("网 络 错 误"), "网络错误");
    }
}
