//! A QR code as SVG, drawn on the server so that the page needs no script and no picture of somebody else for it.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// The white frame that scanners need, in modules.
const QUIET: usize = 4;

/// The QR code of a text, named `label` to those who can't see it and styled by `class`; `None` when the text is too long
/// for one. Black on white whatever the theme is: many cameras read nothing else.
pub fn svg(text: &str, label: &str, class: &'static str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let size = code.size + 2 * QUIET;
    let mut path = String::new();
    for row in 0..code.size {
        for column in (0..code.size).filter(|column| code[row][*column].value()) {
            // Writing to a string can't fail.
            let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET);
        }
    }
    let label = label.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    Some(format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{label}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path fill=\"#000\" \
         d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_a_picture_with_a_frame_and_a_name() {
        let svg = svg("https://t.me/PodiumDemoBot?startapp", "Open \"it\" & <scan>", "picture").unwrap();
        assert!(svg.starts_with("<svg class=\"picture\" "), "{svg}");
        // Version 3 has 29 modules and the frame 4 on each side.
        assert!(svg.contains("viewBox=\"0 0 37 37\""), "{svg}");
        assert!(svg.contains("aria-label=\"Open &quot;it&quot; &amp; &lt;scan>\""), "{svg}");
        // The corner of the first finder pattern stands inside the frame.
        assert!(svg.contains("M4 4h1v1h-1z") && !svg.contains("M3 "), "{svg}");
    }

    #[test]
    fn what_fits_no_code_has_none() {
        assert!(svg(&"x".repeat(10_000), "", "").is_none());
    }
}
