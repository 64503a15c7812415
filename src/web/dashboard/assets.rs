//! The files that pages need: style, scripts and the chart library, in the binary.
//!
//! Their address has the digest of all of them, so that a browser keeps them until they change. They tell nothing of anybody.
//! `assets/vendor` is written by `npm run vendor` in `assets`, from the versions of the lock file there.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::domain::Digest;

/// A file with its media type.
struct Asset {
    file: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const ALL: [Asset; 7] = [
    Asset {
        file: "style.css",
        kind: CSS,
        bytes: include_bytes!("assets/style.css"),
    },
    Asset {
        file: "charts.js",
        kind: JS,
        bytes: include_bytes!("assets/charts.js"),
    },
    Asset {
        file: "live.js",
        kind: JS,
        bytes: include_bytes!("assets/live.js"),
    },
    Asset {
        file: "icon.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("assets/icon.svg"),
    },
    Asset {
        file: "uPlot.iife.min.js",
        kind: JS,
        bytes: include_bytes!("assets/vendor/uPlot.iife.min.js"),
    },
    Asset {
        file: "uPlot.min.css",
        kind: CSS,
        bytes: include_bytes!("assets/vendor/uPlot.min.css"),
    },
    Asset {
        file: "uPlot.LICENSE",
        kind: "text/plain; charset=utf-8",
        bytes: include_bytes!("assets/vendor/uPlot.LICENSE"),
    },
];

static VERSION: LazyLock<Digest> = LazyLock::new(|| Digest::of(ALL.iter().map(|one| one.bytes)));

/// Where the files are, without the last slash.
pub(super) fn folder() -> String {
    format!("/assets/{}", VERSION.short())
}

/// Answers with a file.
pub(super) async fn asset(Path((version, file)): Path<(String, String)>) -> Response {
    let asset = ALL.iter().find(|one| one.file == file);
    let Some(asset) = asset.filter(|_| version == VERSION.short()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable",
        ),
    ];
    (headers, asset.bytes).into_response()
}
