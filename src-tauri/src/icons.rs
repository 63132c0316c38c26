//! The tray's icons, decoded when the program is built.

use face::{Bar, Shape};
use tauri::image::Image;
use tauri::include_image;
use tray_icon::{BadIcon, Icon};

/// The icon of a state, for a bar of that brightness. Hosts on Linux scale it; the others take it
/// as it is.
pub(crate) fn of(shape: Shape, bar: Bar) -> Result<Icon, BadIcon> {
    let image = image(shape, bar);
    Icon::from_rgba(image.rgba().to_vec(), image.width(), image.height())
}

#[cfg(not(target_os = "macos"))]
fn image(shape: Shape, bar: Bar) -> Image<'static> {
    match (shape, bar) {
        (Shape::Running, Bar::Dark) => include_image!("icons/tray/running-dark-32.png"),
        (Shape::Running, Bar::Light) => include_image!("icons/tray/running-light-32.png"),
        (Shape::Stopped, Bar::Dark) => include_image!("icons/tray/stopped-dark-32.png"),
        (Shape::Stopped, Bar::Light) => include_image!("icons/tray/stopped-light-32.png"),
        (Shape::Warning, Bar::Dark) => include_image!("icons/tray/warning-dark-32.png"),
        (Shape::Warning, Bar::Light) => include_image!("icons/tray/warning-light-32.png"),
        (Shape::Error, Bar::Dark) => include_image!("icons/tray/error-dark-32.png"),
        (Shape::Error, Bar::Light) => include_image!("icons/tray/error-light-32.png"),
    }
}

/// The menu bar colours a template image itself.
#[cfg(target_os = "macos")]
fn image(shape: Shape, _bar: Bar) -> Image<'static> {
    match shape {
        Shape::Running => include_image!("icons/tray/running-template-36.png"),
        Shape::Stopped => include_image!("icons/tray/stopped-template-36.png"),
        Shape::Warning => include_image!("icons/tray/warning-template-36.png"),
        Shape::Error => include_image!("icons/tray/error-template-36.png"),
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
                of(shape, bar).unwrap();
                let pixels = image(shape, bar).rgba().to_vec();
                assert!(
                    !seen.contains(&pixels),
                    "{shape:?} looks like another state"
                );
                seen.push(pixels);
            }
        }
    }
}
