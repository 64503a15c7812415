//! Answers, and pages of them.

use serde_json::{Value, json};

use super::call::Call;

/// What an answer carries.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Json(Value),
    Raw(Vec<u8>),
    None,
}

/// What an endpoint says.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

impl Answer {
    /// 200 with a JSON body.
    pub(super) fn ok(body: Value) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Body::Json(body),
        }
    }

    /// 201 with a JSON body.
    pub(super) fn created(body: Value) -> Self {
        Self {
            status: 201,
            ..Self::ok(body)
        }
    }

    /// 204 without a body.
    pub(super) fn empty() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: Body::None,
        }
    }
}

/// One page of a listing: where it begins, how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// Reads `per_page` (30 where absent, at most 100) and `page` (from 1).
    pub(super) fn of(call: &Call<'_>) -> Self {
        let number = |name: &str| {
            call.query
                .get(name)
                .and_then(|text| text.parse::<usize>().ok())
        };
        let size = number("per_page")
            .filter(|size| *size > 0)
            .unwrap_or(30)
            .min(100);
        Self {
            number: number("page").unwrap_or(1).max(1),
            size,
        }
    }

    /// The items of the page.
    pub(super) fn cut<T>(self, items: &[T]) -> &[T] {
        let start = (self.number - 1).saturating_mul(self.size).min(items.len());
        &items[start..items.len().min(start.saturating_add(self.size))]
    }

    /// The `Link` header of the page of a listing of this length; none where one page holds it all.
    fn link(self, call: &Call<'_>, total: usize) -> Option<(&'static str, String)> {
        let last = total.div_ceil(self.size).max(1);
        let mut links = Vec::new();
        let mut link = |page: usize, rel: &str| {
            links.push(format!("<{}>; rel=\"{rel}\"", call.page_url(page)))
        };
        if self.number > 1 {
            link(self.number - 1, "prev");
        }
        if self.number < last {
            link(self.number + 1, "next");
            link(last, "last");
        }
        if self.number > 1 {
            link(1, "first");
        }
        (!links.is_empty()).then(|| ("link", links.join(", ")))
    }
}

/// Answers with one page of a plain list, each item drawn by `draw`.
pub(super) fn list<T>(call: &Call<'_>, items: &[T], draw: impl FnMut(&T) -> Value) -> Answer {
    let page = Page::of(call);
    let body = Value::Array(page.cut(items).iter().map(draw).collect());
    Answer {
        headers: page.link(call, items.len()).into_iter().collect(),
        ..Answer::ok(body)
    }
}

/// Answers with one page of a counted list: `total_count` and the items under a name.
pub(super) fn counted<T>(
    call: &Call<'_>,
    name: &str,
    total: usize,
    items: &[T],
    draw: impl FnMut(&T) -> Value,
) -> Answer {
    let page = Page::of(call);
    let drawn: Vec<Value> = page.cut(items).iter().map(draw).collect();
    let body = json!({ "total_count": total, name: drawn });
    Answer {
        headers: page.link(call, items.len()).into_iter().collect(),
        ..Answer::ok(body)
    }
}
