//! Requests whose pictures are put in.

use bytes::Bytes;
use dialect::{Dialect, codec};
use fetch::Bounds;
use testkit::Upstream;

use crate::support::{PNG, nobody, opened, png, within};

const DATA: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAA=";

fn body(addresses: &[String]) -> Bytes {
    let parts: Vec<String> = addresses
        .iter()
        .map(|url| format!(r#"{{"type":"image_url","image_url":{{"url":"{url}","x":1}}}}"#))
        .collect();
    format!(
        r#"{{ "model":"m", "messages":[{{"role":"user","content":[{}]}}],"own":1.0e5 }}"#,
        parts.join(",")
    )
    .into()
}

async fn put_in(body: &Bytes, bounds: Bounds, most: usize) -> Result<String, dialect::Fault> {
    let names = nobody();
    let images = codec(Dialect::OpenAiChat).unwrap().remote_images(body);
    let fetcher = within(opened(), &names, bounds);
    let put_in = fetch::inline(&fetcher, body, &images, most).await?;
    Ok(String::from_utf8(put_in.to_vec()).unwrap())
}

#[tokio::test]
async fn pictures_are_put_in_and_nothing_else_changes() {
    let upstream = Upstream::start(|_| png());
    let [a, b] = ["a", "b"].map(|name| format!("{}/{name}", upstream.url()));
    let before = body(&[a.clone(), b, a]);
    let after = put_in(&before, Bounds::default(), usize::MAX)
        .await
        .unwrap();
    let data = format!("data:image/png;base64,{DATA}");
    assert_eq!(after, body(&[data.clone(), data.clone(), data]));
    assert_eq!(upstream.requests().len(), 2, "each address once");
}

#[tokio::test]
async fn s38_a_refusal_names_the_field_and_has_a_code() {
    let upstream = Upstream::start(|_| png());
    let good = format!("{}/a", upstream.url());
    let bad = "http://169.254.169.254/latest/meta-data/".to_owned();
    let fault = put_in(&body(&[good, bad]), Bounds::default(), usize::MAX)
        .await
        .unwrap_err();
    assert_eq!(fault.code(), "image_address_not_allowed");
    let path = "messages[0].content[1].image_url.url";
    assert_eq!(fault.param.as_deref(), Some(path));
    assert!(!fault.message.contains("169.254"), "{}", fault.message);
}

#[tokio::test]
async fn a_request_has_a_bounded_number_and_size_of_pictures() {
    let upstream = Upstream::start(|_| png());
    let many: Vec<String> = (0..4).map(|n| format!("{}/{n}", upstream.url())).collect();
    let bounds = Bounds {
        pictures: 3,
        ..Bounds::default()
    };
    let fault = put_in(&body(&many), bounds, usize::MAX).await.unwrap_err();
    assert_eq!(fault.code(), "too_many_images");
    assert_eq!(
        upstream.connections(),
        0,
        "counted before anything is asked"
    );
    let body = body(&many);
    let fault = put_in(&body, Bounds::default(), body.len() + PNG.len())
        .await
        .unwrap_err();
    assert_eq!(fault.code(), "image_too_large");
}
