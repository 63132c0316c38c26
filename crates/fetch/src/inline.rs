//! Puts pictures into a request in place of their addresses.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use dialect::{Fault, RemoteImage};
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::{Fetcher, Picture, Refusal};

/// How many pictures of a request are fetched at once.
const AT_ONCE: usize = 4;

/// The request's body with the pictures inside; each address is fetched once.
///
/// # Errors
/// Why one of them could not be fetched, or that the body would be larger than `most` bytes.
pub async fn inline(
    fetcher: &Fetcher,
    body: &Bytes,
    images: &[RemoteImage],
    most: usize,
) -> Result<Bytes, Fault> {
    let mut first: HashMap<String, String> = HashMap::new();
    for image in images {
        first
            .entry(image.url.clone())
            .or_insert_with(|| image.path.clone());
    }
    if let Some(image) = images.get(fetcher.bounds.pictures) {
        return Err(Refusal::TooMany.fault(&image.path));
    }
    let fetching = first.into_iter().map(|(url, path)| {
        let fetcher = fetcher.clone();
        async move {
            match fetcher.get(&url).await {
                Ok(picture) => Ok((url, picture)),
                Err(refusal) => Err(refusal.fault(&path)),
            }
        }
    });
    let mut fetching = futures_util::stream::iter(fetching).buffer_unordered(AT_ONCE);
    let mut pictures: HashMap<String, Picture> = HashMap::new();
    let mut length = body.len();
    while let Some((url, picture)) = fetching.try_next().await? {
        let uses = images.iter().filter(|image| image.url == url);
        for image in uses {
            length += picture.bytes.len().div_ceil(3) * 4;
            if length > most {
                return Err(Refusal::TooLarge.fault(&image.path));
            }
        }
        pictures.insert(url, picture);
    }
    let mut out = Vec::with_capacity(length + images.len() * 64);
    let mut at = 0;
    let mut in_order: Vec<&RemoteImage> = images.iter().collect();
    in_order.sort_by_key(|image| image.span.start);
    for image in in_order {
        let before = body.get(at..image.span.start);
        let (Some(picture), Some(before)) = (pictures.get(image.url.as_str()), before) else {
            continue;
        };
        out.extend_from_slice(before);
        let data = STANDARD.encode(&picture.bytes);
        out.extend_from_slice(image.inline(picture.media_type, &data).as_bytes());
        at = image.span.end;
    }
    out.extend_from_slice(&body[at..]);
    Ok(out.into())
}
