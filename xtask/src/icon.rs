//! This module draws the extension's icon from its one source, in the sizes that browsers ask for. The bytes are the
//! same everywhere.

use crate::fault::Fault;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

/// The sizes in pixels, as manifest.json names them.
pub const SIZES: [u32; 4] = [16, 32, 48, 128];

/// Draws `svg`, which is a square drawing, with sides of `size` pixels. Returns a PNG file.
pub fn draw(svg: &[u8], size: u32) -> Result<Vec<u8>, Fault> {
    let wrong = |what: String| Fault::Input(format!("the icon: {what}"));
    let tree = Tree::from_data(svg, &Options::default()).map_err(|error| wrong(error.to_string()))?;
    let mut picture = Pixmap::new(size, size).ok_or_else(|| wrong(format!("{size} pixels wide")))?;
    let scale = f64::from(size) / f64::from(tree.size().width());
    #[expect(clippy::cast_possible_truncation, reason = "a small number")]
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut picture.as_mut());
    picture.encode_png().map_err(|error| wrong(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str =
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#f00" d="M0 0h16v8H0Z"/></svg>"##;

    #[test]
    fn each_size_is_drawn_to_its_edges() {
        for size in SIZES {
            let picture = Pixmap::decode_png(&draw(SQUARE.as_bytes(), size).unwrap()).unwrap();
            assert_eq!((picture.width(), picture.height()), (size, size));
            let alpha = |x, y| picture.pixel(x, y).unwrap().alpha();
            assert_eq!([alpha(0, 0), alpha(size - 1, size / 2 - 1), alpha(0, size / 2)], [255, 255, 0]);
        }
    }

    #[test]
    fn what_is_no_drawing_is_refused() {
        assert!(draw(b"<svg", 16).is_err());
    }
}
