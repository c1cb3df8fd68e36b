//! This module takes the section of one version out of CHANGELOG.md.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
};

const FILE: &str = "CHANGELOG.md";

pub fn section(checkout: &Checkout) -> Result<Vec<u8>, Fault> {
    let text = checkout::read_text(&checkout.join(FILE))?;
    let body = find(&text, checkout.version())
        .ok_or_else(|| Fault::Input(format!("{FILE} has no section “## {}”.", checkout.version())))?;
    Ok(format!("# Access Medic {}\n\n{body}\n", checkout.version()).into_bytes())
}

/// Tells whether something stands under “Unreleased”.
pub fn has_unreleased(text: &str) -> bool {
    find(text, "Unreleased").is_some()
}

/// Returns what stands under a heading, if anything does. A date may follow the heading's word.
fn find<'t>(text: &'t str, heading: &str) -> Option<&'t str> {
    let mut sections = text.split("\n## ").skip(1);
    let (_, body) = sections.find_map(|section| {
        let (title, body) = section.split_once('\n')?;
        (title.split_whitespace().next() == Some(heading)).then_some((title, body))
    })?;
    Some(body.trim()).filter(|body| !body.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-12-01)\n\n- New.\n  More.\n\n## 0.2.0-beta\n\n- Old.\n";

    #[test]
    fn the_section_of_a_version_is_found_and_no_other() {
        assert_eq!(find(TEXT, "0.2.0"), Some("- New.\n  More."));
        assert_eq!(find(TEXT, "0.2.0-beta"), Some("- Old."));
        assert_eq!(find(TEXT, "0.3.0"), None);
        assert!(!has_unreleased(TEXT));
        assert!(has_unreleased(&TEXT.replace("Unreleased\n", "Unreleased\n\n- Something.")));
    }
}
