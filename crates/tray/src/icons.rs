//! The pictures of the tray's item.

use std::io::Cursor;

use face::{Bar, Shape};

/// A picture: four bytes a pixel, red, green, blue and opacity.
pub(crate) struct Picture {
    pub(crate) rgba: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// The picture of a state, for a bar of that brightness. Hosts on Linux scale it; the others take
/// it as it is.
///
/// # Errors
/// The file is no such picture.
pub(crate) fn of(shape: Shape, bar: Bar) -> Result<Picture, png::DecodingError> {
    let mut reader = png::Decoder::new(Cursor::new(file(shape, bar))).read_info()?;
    let size = reader.output_buffer_size().unwrap_or_default();
    let mut rgba = vec![0; size];
    let frame = reader.next_frame(&mut rgba)?;
    rgba.truncate(frame.buffer_size());
    Ok(Picture {
        rgba,
        width: frame.width,
        height: frame.height,
    })
}

macro_rules! drawn {
    ($shape:ident, $bar:ident, $size:literal) => {
        include_bytes!(concat!(
            "../../../icons/tray/",
            stringify!($shape),
            "-",
            stringify!($bar),
            "-",
            $size,
            ".png"
        ))
    };
}

#[cfg(not(target_os = "macos"))]
fn file(shape: Shape, bar: Bar) -> &'static [u8] {
    match (shape, bar) {
        (Shape::Running, Bar::Dark) => drawn!(running, dark, 32),
        (Shape::Running, Bar::Light) => drawn!(running, light, 32),
        (Shape::Stopped, Bar::Dark) => drawn!(stopped, dark, 32),
        (Shape::Stopped, Bar::Light) => drawn!(stopped, light, 32),
        (Shape::Warning, Bar::Dark) => drawn!(warning, dark, 32),
        (Shape::Warning, Bar::Light) => drawn!(warning, light, 32),
        (Shape::Error, Bar::Dark) => drawn!(error, dark, 32),
        (Shape::Error, Bar::Light) => drawn!(error, light, 32),
    }
}

/// The menu bar colours a template image itself.
#[cfg(target_os = "macos")]
fn file(shape: Shape, _bar: Bar) -> &'static [u8] {
    match shape {
        Shape::Running => drawn!(running, template, 36),
        Shape::Stopped => drawn!(stopped, template, 36),
        Shape::Warning => drawn!(warning, template, 36),
        Shape::Error => drawn!(error, template, 36),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_state_has_an_icon_of_its_own() {
        let shapes = [Shape::Running, Shape::Stopped, Shape::Warning, Shape::Error];
        for bar in [Bar::Dark, Bar::Light] {
            let mut seen: Vec<Vec<u8>> = Vec::new();
            for shape in shapes {
                let picture = of(shape, bar).unwrap();
                let pixels = picture.width as usize * picture.height as usize;
                assert_eq!(picture.rgba.len(), 4 * pixels);
                assert!(
                    !seen.contains(&picture.rgba),
                    "{shape:?} looks like another state"
                );
                seen.push(picture.rgba);
            }
        }
    }
}
