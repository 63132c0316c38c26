//! What there is at which path, and what a browser may do with it.

use std::borrow::Cow;

use rust_embed::RustEmbed;

use crate::packed::{Packed, Packing};

/// What `npm run build` made of Swagger UI, ReDoc and GraphiQL. A program can be built without it.
#[derive(RustEmbed)]
#[folder = "../../ui/documents/dist"]
#[allow_missing = true]
struct Files;

/// The document: what `cargo xtask gen` made of `kept.json` and of the contract.
const OPENAPI: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// A page's rights: its own files, its own calls, nothing of anybody else's. Two of the three write
/// styles into the page while they run; ReDoc's search is a worker made of a text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src blob:; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Something that is served.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its media type.
    pub kind: &'static str,
    /// What a browser may do with it; none where that is nothing.
    pub policy: Option<&'static str>,
    /// What it is.
    pub body: Packed,
}

/// Whether the pages' files were compiled in.
#[must_use]
pub fn is_here() -> bool {
    Files::get("swagger.js.br").is_some()
}

/// What is there for everybody, by its path.
#[must_use]
pub fn find(path: &str) -> Option<Page> {
    let path = path.strip_suffix('/').unwrap_or(path);
    match path {
        "/openapi.json" => Some(Page {
            kind: "application/json",
            policy: None,
            body: Packed {
                packing: Packing::Gzip,
                bytes: Cow::Borrowed(OPENAPI),
            },
        }),
        "/docs" => page(
            "swagger",
            &["swagger-ui.css"],
            &["swagger-ui-bundle.js", "swagger.js"],
        ),
        "/redoc" => page("redoc", &[], &["redoc.standalone.js", "redoc.js"]),
        _ => match path.strip_prefix("/docs/")? {
            name if is_graphiql(name) => None,
            name => file(name),
        },
    }
}

/// What is there for whoever is signed in to the web admin, by the path beneath it.
#[must_use]
pub fn admin(path: &str) -> Option<Page> {
    match path.strip_prefix("/graphiql")? {
        "" | "/" => page(
            "graphiql",
            &["graphiql-bundle.css"],
            &[
                "react.js",
                "react-dom.js",
                "graphiql-bundle.js",
                "graphiql.js",
            ],
        ),
        name => match name.strip_prefix('/')? {
            name if is_graphiql(name) || name == "page.css" => file(name),
            _ => None,
        },
    }
}

fn is_graphiql(name: &str) -> bool {
    name.starts_with("graphiql") || name.starts_with("react")
}

fn file(name: &str) -> Option<Page> {
    let kind = match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        _ => return None,
    };
    let file = Files::get(&format!("{name}.br"))?;
    Some(Page {
        kind,
        policy: None,
        body: Packed {
            packing: Packing::Brotli,
            bytes: file.data,
        },
    })
}

/// A page around these files.
fn page(name: &str, styles: &[&str], scripts: &[&str]) -> Option<Page> {
    if !is_here() {
        return None;
    }
    let folder = if name == "graphiql" {
        "/admin/graphiql"
    } else {
        "/docs"
    };
    let styles = styles.iter().chain(&["page.css"]);
    let styles: String = styles
        .map(|style| format!("<link rel=\"stylesheet\" href=\"{folder}/{style}\">\n"))
        .collect();
    let scripts: String = scripts
        .iter()
        .map(|script| format!("<script src=\"{folder}/{script}\"></script>\n"))
        .collect();
    let key = if name == "swagger" {
        "<form id=\"key\" hidden><label><input type=\"password\" autocomplete=\"off\"></label>\
         <button></button><output></output></form>\n"
    } else {
        ""
    };
    let text = format!(
        "<!doctype html>\n<html lang=\"en\" class=\"{name}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>Portolan</title>\n{styles}</head>\n\
         <body>\n{key}<div id=\"pages\"></div>\n{scripts}</body>\n</html>\n"
    );
    Some(Page {
        kind: "text/html; charset=utf-8",
        policy: Some(POLICY),
        body: Packed {
            packing: Packing::Plain,
            bytes: text.into_bytes().into(),
        },
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn s10_a_page_is_made_of_files_that_are_here() {
        if !is_here() {
            return;
        }
        let pages = ["/docs", "/docs/", "/redoc"].map(|path| find(path).unwrap());
        for page in pages.into_iter().chain(admin("/graphiql")) {
            let text = String::from_utf8(page.body.bytes.into_owned()).unwrap();
            assert!(!text.contains("//") || !text.contains("http"), "{text}");
            for part in text.split("=\"/").skip(1) {
                let path = format!("/{}", part.split('"').next().unwrap());
                let found = match path.strip_prefix("/admin") {
                    Some(path) => admin(path),
                    None => find(&path),
                };
                assert!(found.is_some(), "{path}");
            }
            assert!(page.policy.unwrap().starts_with("default-src 'none'"));
        }
    }

    #[test]
    fn what_is_for_admins_is_for_them_alone() {
        for path in [
            "/docs/graphiql.js",
            "/docs/graphiql-bundle.js",
            "/docs/react.js",
        ] {
            assert!(find(path).is_none(), "{path}");
        }
        for path in [
            "/docs/none.js",
            "/docs/../Cargo.toml",
            "/docs/page",
            "/docs/swagger.js.br",
            "/redoc/x",
            "/openapi.json/x",
        ] {
            assert!(find(path).is_none(), "{path}");
        }
        assert!(admin("/graphiql/swagger.js").is_none());
        assert!(admin("/graphiqlx").is_none());
    }
}
