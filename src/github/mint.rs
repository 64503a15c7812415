//! The minting of an installation token: which installation, then a token of it.

use http::Method;

use super::{
    Client, Error, Result,
    auth::App,
    budget::Cost,
    call::Call,
    exchange::Payment,
    wire::token::{Installation, InstallationToken},
};

/// Mints a token of the App's installation, or of its only one.
pub(super) async fn mint(client: &Client, app: &App) -> Result<InstallationToken> {
    let installation = match app.installation_id {
        Some(id) => id,
        None => only_installation(client, app).await?,
    };
    let call = Call::bare(
        Method::POST,
        "/app/installations/{installation_id}/access_tokens",
        format!("/app/installations/{installation}/access_tokens"),
        format!("mint a token of the App's installation {installation}"),
    );
    let answer = client
        .as_app(app, &call, Payment::Now(Cost::Token))
        .await
        .map_err(gone)?;
    answer.json(&call)
}

/// Finds the installation of an App that has one.
async fn only_installation(client: &Client, app: &App) -> Result<u64> {
    let call = Call::get(
        "/app/installations",
        "/app/installations?per_page=2".to_owned(),
        "find the App's installation",
    );
    let answer = client.as_app(app, &call, Payment::Now(Cost::Read)).await?;
    let found: Vec<Installation> = answer.json(&call)?;
    match found.as_slice() {
        [only] => Ok(only.id),
        [] => Err(Error::config(
            "the App is not installed anywhere; install it on the account",
        )),
        _ => Err(Error::config(
            "the App has several installations; name the one to use by its number",
        )),
    }
}

/// An installation that is gone or suspended is a matter of credentials: nothing else of the connection works either.
fn gone(error: Error) -> Error {
    if let Error::NotFound { what } = error {
        let message = "the App is not installed there".to_owned();
        return Error::Unauthorized { what, message };
    }
    if let Error::MissingPermission { what, message, .. } = error {
        return Error::Unauthorized { what, message };
    }
    error
}
