//! Apps, their installations and the installations' tokens.

use serde_json::{Value, json};

use super::{
    answer::{self, Answer},
    call::Call,
    json,
};
use crate::simulate::{
    Refusal,
    access::{App, CallerKind, Installation},
    repository::Repository,
};

/// `GET /app`.
pub(super) fn app(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let app = own_app(call)?;
    let (id, begun) = (app.id, json::instant(call.world.settings.now));
    let permissions = call
        .world
        .access
        .installations
        .iter()
        .find(|i| i.app == id)
        .map(|i| i.permissions);
    Ok(Answer::ok(json!({
        "id": id, "slug": app.slug, "node_id": json::node("App", id), "name": app.slug, "client_id": format!("Iv1.{id}"),
        "owner": json::account(&call.api, &call.web, &app.owner, true),
        "description": null, "external_url": call.web, "html_url": format!("{}/apps/{}", call.web, app.slug),
        "created_at": begun, "updated_at": begun, "events": [],
        "permissions": json::permissions(&permissions.unwrap_or_default()),
        "installations_count": call.world.access.installations.iter().filter(|i| i.app == id).count(),
    })))
}

/// `GET /app/installations`.
pub(super) fn installations(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let app = own_app(call)?;
    let own: Vec<&Installation> = call
        .world
        .access
        .installations
        .iter()
        .filter(|i| i.app == app.id)
        .collect();
    Ok(answer::list(call, &own, |installation| {
        draw(call, app, installation)
    }))
}

/// `GET /app/installations/{installation_id}`.
pub(super) fn installation(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (app, installation) = own_installation(call)?;
    Ok(Answer::ok(draw(call, app, installation)))
}

/// `GET /repos/{owner}/{repo}/installation`.
pub(super) fn of_repository(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let app = own_app(call)?;
    let repository = call.repository()?;
    let reaches = |i: &&Installation| {
        let selected = i
            .repositories
            .as_ref()
            .is_none_or(|names| names.contains(&repository.name.key()));
        i.app == app.id && i.account.eq_ignore_ascii_case(repository.name.owner()) && selected
    };
    let found = call
        .world
        .access
        .installations
        .iter()
        .find(reaches)
        .ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(draw(call, app, found)))
}

/// `POST /app/installations/{installation_id}/access_tokens`.
pub(super) fn access_token(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (_, installation) = own_installation(call)?;
    let (id, permissions) = (
        installation.id,
        json::permissions(&installation.permissions),
    );
    let selection = selection(installation);
    let minted = call.world.access.mint(id, call.world.now);
    let (token, expires_at) = minted.ok_or_else(Refusal::not_found)?;
    Ok(Answer::created(json!({
        "token": token, "expires_at": json::instant(expires_at),
        "permissions": permissions, "repository_selection": selection,
    })))
}

fn own_app<'a>(call: &'a Call<'_>) -> Result<&'a App, Refusal> {
    let apps = &call.world.access.apps;
    apps.iter()
        .find(|app| call.caller.kind == CallerKind::App(app.id))
        .ok_or_else(Refusal::not_found)
}

fn own_installation<'a>(call: &'a Call<'_>) -> Result<(&'a App, &'a Installation), Refusal> {
    let (app, id) = (own_app(call)?, call.number("installation_id")?);
    let found = call
        .world
        .access
        .installations
        .iter()
        .find(|i| i.app == app.id && i.id == id);
    Ok((app, found.ok_or_else(Refusal::not_found)?))
}

fn selection(installation: &Installation) -> &'static str {
    if installation.repositories.is_some() {
        "selected"
    } else {
        "all"
    }
}

fn draw(call: &Call<'_>, app: &App, installation: &Installation) -> Value {
    let (id, created) = (installation.id, json::instant(installation.created_at));
    let owns = |r: &Repository| r.name.owner().eq_ignore_ascii_case(&installation.account);
    let account = json::account(
        &call.api,
        &call.web,
        &installation.account,
        call.world.repositories.iter().any(owns),
    );
    json!({
        "id": id, "app_id": app.id, "app_slug": app.slug, "client_id": format!("Iv1.{}", app.id),
        "account": account, "target_id": account["id"], "target_type": account["type"],
        "repository_selection": selection(installation), "permissions": json::permissions(&installation.permissions),
        "access_tokens_url": format!("{}/app/installations/{id}/access_tokens", call.api),
        "repositories_url": format!("{}/installation/repositories", call.api),
        "html_url": format!("{}/settings/installations/{id}", call.web),
        "events": [], "single_file_name": null, "has_multiple_single_files": false, "single_file_paths": [],
        "created_at": created, "updated_at": created, "suspended_by": null, "suspended_at": null,
    })
}
