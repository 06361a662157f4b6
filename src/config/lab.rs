//! Colours as eyes compare them: Oklab (Ottosson 2020), in which equal distances look equally far.
//!
//! Arithmetic alone; knows neither themes nor terminals.

/// A colour: lightness in [0, 1], green to red, blue to yellow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lab {
    pub(super) l: f64,
    pub(super) a: f64,
    pub(super) b: f64,
}

/// sRGB without its gamma (IEC 61966-2-1), in [0, 1].
fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

/// Relative luminance (WCAG 2.1) in [0, 1].
pub(super) fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// <https://bottosson.github.io/posts/oklab/>
#[allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "the matrices as they were published")]
pub(super) fn lab((r, g, b): (u8, u8, u8)) -> Lab {
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
    let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
    let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
    Lab {
        l: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    }
}

impl Lab {
    /// The square of the distance.
    pub(super) fn far(self, other: Self) -> f64 {
        (self.l - other.l).powi(2) + (self.a - other.a).powi(2) + (self.b - other.b).powi(2)
    }

    /// How strong the colour is; 0 is grey.
    pub(super) fn chroma(self) -> f64 {
        self.a.hypot(self.b)
    }

    /// The angle of the hue in degrees, [0, 360).
    pub(super) fn hue(self) -> f64 {
        self.b.atan2(self.a).to_degrees().rem_euclid(360.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_black_and_red_are_where_oklab_was_published_to_have_them() {
        let near = |x: f64, y: f64| (x - y).abs() < 1e-3;
        let (white, black, red) = (lab((255, 255, 255)), lab((0, 0, 0)), lab((255, 0, 0)));
        assert!(near(white.l, 1.0) && white.chroma() < 1e-3, "{white:?}");
        assert!(near(black.l, 0.0), "{black:?}");
        assert!(near(red.l, 0.62796) && near(red.a, 0.22486) && near(red.b, 0.12585), "{red:?}");
    }
}
