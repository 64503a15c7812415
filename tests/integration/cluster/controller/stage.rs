//! A test's scene: a namespace, a simulated GitHub with nine days behind it, an account, and a folder.

use std::path::PathBuf;

use chrono::Timelike as _;
use cronwright::{
    api::{
        Condition, ConditionStatus, GitHubConnection, REQUESTED_AT, WorkflowSchedule, condition,
    },
    domain::{RepositoryName, Seconds, Timestamp, WorkflowId},
    simulate::{
        Behaviour, Lateness, NewRepository, Permissions, PullView, Regime, SecondaryLimits,
        Settings, SharedWorld, World, face,
    },
};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{
    super::{
        control_plane::{ControlPlane, shared},
        kubectl::Said,
        scope::Scope,
        service_account::ServiceAccount,
        wait,
    },
    process::Controller,
    rights,
};

/// The token that the simulated GitHub lets in.
pub const TOKEN: &str = "github_pat_letmein0123456789";

/// The repository of every stage, with two workflows that begin at midnight.
pub const REPOSITORY: &str = "acme/app";
const FILES: [&str; 2] = ["nightly.yml", "import.yml"];

/// A test's scene.
pub struct Stage {
    pub plane: &'static ControlPlane,
    pub scope: Scope,
    pub world: SharedWorld,
    pub account: ServiceAccount,
    pub folder: TempDir,
    /// The simulated GitHub's address.
    pub github: String,
}

impl Stage {
    /// Sets the scene in a namespace of the shared control plane.
    pub async fn set(namespace: &str) -> Self {
        Self::set_on(shared(), namespace).await
    }

    /// Sets the scene on a control plane of one's own.
    pub async fn set_on(plane: &'static ControlPlane, namespace: &str) -> Self {
        let scope = plane.namespace(namespace).await;
        let role = rights::role("cronwright");
        let account = plane.service_account(namespace, "cronwright", &role).await;
        Self::set_for(plane, scope, account).await
    }

    /// Sets the scene in a namespace that is there, for a controller that has an account already.
    pub async fn set_for(
        plane: &'static ControlPlane,
        scope: Scope,
        account: ServiceAccount,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path().join("github")).share();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let github = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(face::serve(world.clone(), listener));
        Self {
            plane,
            scope,
            world,
            account,
            folder,
            github,
        }
    }

    /// Starts the controller.
    pub async fn controller(&self) -> Controller {
        self.controller_at("info,cronwright=debug").await
    }

    /// Starts the controller with a level of logs.
    pub async fn controller_at(&self, level: &str) -> Controller {
        let (kubeconfig, folder) = (&self.account.kubeconfig, self.folder.path());
        Controller::start(kubeconfig, &self.scope.name, folder, level, &[]).await
    }

    /// Starts the controller with more arguments.
    pub async fn controller_with(&self, more: &[&str]) -> Controller {
        let (kubeconfig, folder) = (&self.account.kubeconfig, self.folder.path());
        let level = "info,cronwright=debug";
        Controller::start(kubeconfig, &self.scope.name, folder, level, more).await
    }

    /// Runs kubectl in the stage's namespace.
    pub fn kubectl(&self, arguments: &[&str]) -> Said {
        self.kubectl_with("", arguments)
    }

    /// Runs kubectl in the stage's namespace with a text as its standard input.
    pub fn kubectl_with(&self, input: &str, arguments: &[&str]) -> Said {
        let namespace = format!("--namespace={}", self.scope.name);
        let mut all = vec![namespace.as_str()];
        all.extend(arguments);
        self.plane.kubectl_with(input, &all)
    }

    /// Applies manifests as a person does.
    pub fn apply(&self, manifests: &str) {
        self.kubectl_with(manifests, &["apply", "--filename", "-"])
            .expect_success();
    }

    /// Applies the connection `acme` with its Secret.
    pub fn apply_connection(&self, token: &str) {
        self.apply(&secret(token));
        self.apply(&self.connection());
    }

    /// Declares what most tests do: the connection, and the nightly pinned to another time, by pull request.
    pub fn declare_pinned(&self) {
        self.apply_connection(TOKEN);
        self.apply(&pinned("nightly", "nightly.yml"));
    }

    /// Declares the nightly to be observed and nothing more, and waits until it was.
    pub async fn observe_nightly(&self) -> WorkflowSchedule {
        self.apply_connection(TOKEN);
        let observed = schedule("nightly", "nightly.yml", "policy: {mode: Observe}");
        self.apply(&observed);
        self.until_ready("nightly").await
    }

    /// The manifest of the connection `acme`, which looks every second.
    pub fn connection(&self) -> String {
        let github = &self.github;
        format!(
            "apiVersion: cronwright.dev/v1alpha1\nkind: GitHubConnection\nmetadata: {{name: acme}}\n\
             spec: {{url: '{github}', interval: 1s, credentials: {{tokenSecretRef: {{name: github, key: token}}}}}}\n"
        )
    }

    /// Waits until a WorkflowSchedule's condition has a status (and a reason, where one is given) and returns the object.
    pub async fn until(
        &self,
        name: &str,
        kind: &str,
        status: ConditionStatus,
        reason: &str,
    ) -> WorkflowSchedule {
        let (kind, reason) = (kind.to_owned(), reason.to_owned());
        let what = format!("{name} has {kind} {status:?} {reason}");
        let holds = move |object: Option<&WorkflowSchedule>| {
            conditions(object).any(|found| {
                found.kind == kind
                    && found.status == status
                    && (reason.is_empty() || found.reason == reason)
            })
        };
        let found = wait::until(&self.scope.api(), name, &what, holds).await;
        found.unwrap()
    }

    /// Waits until a WorkflowSchedule has an open pull request and returns it.
    pub async fn until_proposed(&self, name: &str) -> WorkflowSchedule {
        let (not, why) = (ConditionStatus::False, "PullRequestOpen");
        self.until(name, condition::IN_SYNC, not, why).await
    }

    /// Waits until a WorkflowSchedule is Ready and returns it.
    pub async fn until_ready(&self, name: &str) -> WorkflowSchedule {
        self.until(name, condition::READY, ConditionStatus::True, "")
            .await
    }

    /// Waits until the connection's condition has a status and a reason, and returns the connection.
    pub async fn until_connection(&self, kind: &str, reason: &str) -> GitHubConnection {
        let what = format!("the connection is {kind} for {reason}");
        let (kind, reason) = (kind.to_owned(), reason.to_owned());
        let holds = move |object: Option<&GitHubConnection>| {
            let status = object.and_then(|object| object.status.as_ref());
            status.is_some_and(|status| {
                condition::find(&status.conditions, &kind).is_some_and(|found| {
                    found.status == ConditionStatus::True && found.reason == reason
                })
            })
        };
        let found = wait::until(&self.scope.api(), "acme", &what, holds).await;
        found.unwrap()
    }

    /// Merges a patch into a WorkflowSchedule, as somebody else does.
    pub async fn patch(&self, name: &str, patch: Value) -> WorkflowSchedule {
        let api = self.scope.api::<WorkflowSchedule>();
        let patched = api
            .patch(name, &PatchParams::default(), &Patch::Merge(patch))
            .await;
        patched.unwrap()
    }

    /// Asks for a round of a WorkflowSchedule by its annotation, and waits until the request is echoed.
    pub async fn ask(&self, name: &str, word: &str) {
        let annotation = json!({"metadata": {"annotations": {REQUESTED_AT: word}}});
        self.patch(name, annotation).await;
        let word = word.to_owned();
        let echoed = move |object: Option<&WorkflowSchedule>| {
            let status = object.and_then(|object| object.status.as_ref());
            status.is_some_and(|status| status.last_handled_reconcile_at.as_ref() == Some(&word))
        };
        wait::until(&self.scope.api(), name, "the request is echoed", echoed).await;
    }

    /// Puts a condition of somebody else's into a WorkflowSchedule's status.
    pub async fn audit(&self, name: &str, message: &str) {
        let patch = Patch::Apply(json!({
            "apiVersion": "cronwright.dev/v1alpha1",
            "kind": "WorkflowSchedule",
            "status": {"conditions": [{
                "type": "Audited", "status": "True", "reason": "Test", "message": message,
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            }]},
        }));
        let parameters = PatchParams::apply("auditor");
        let api = self.scope.api::<WorkflowSchedule>();
        api.patch_status(name, &parameters, &patch).await.unwrap();
    }

    /// The pull requests of the repository.
    pub fn pulls(&self) -> Vec<PullView> {
        self.with_world(|world| world.pulls(&repository()).unwrap())
    }

    /// The simulated GitHub behind the scenes.
    pub fn with_world<T>(&self, deed: impl FnOnce(&mut World) -> T) -> T {
        deed(&mut self.world.lock().unwrap())
    }

    /// The controller did nothing that its role does not allow, and asked nothing that GitHub does not have.
    pub fn assert_within_rights(&self) {
        self.assert_within_rights_but(|_| false);
    }

    /// The same where some requests are known to have been refused.
    pub fn assert_within_rights_but(&self, known: impl Fn(&str) -> bool) {
        let mut forbidden = self.plane.forbidden_requests(&self.account);
        forbidden.retain(|request| !known(request));
        assert_eq!(forbidden, [""; 0]);
        let granted = rights::granted();
        for (deed, name) in self.plane.deeds(&self.account) {
            assert!(granted.contains(&deed), "{deed} {name} is in no rule");
        }
        let unknown = self.with_world(|world| world.requests().unknown_endpoints().len());
        assert_eq!(unknown, 0);
    }
}

/// The manifest of the Secret with a token.
pub fn secret(token: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: github}}\nstringData: {{token: {token}}}\n"
    )
}

/// The manifest of a WorkflowSchedule of the repository, looked at every second; `more` is the rest of its spec.
pub fn schedule(name: &str, workflow: &str, more: &str) -> String {
    format!(
        "apiVersion: cronwright.dev/v1alpha1\nkind: WorkflowSchedule\nmetadata: {{name: {name}}}\n\
         spec: {{connectionRef: {{name: acme}}, repository: {REPOSITORY}, workflow: {workflow}, interval: 1s, {more}}}\n"
    )
}

/// The manifest of a WorkflowSchedule that asks for a pull request right away: a pinned cron needs no confidence.
pub fn pinned(name: &str, workflow: &str) -> String {
    let more = "timing: {cron: ['40 2 * * *']}, policy: {mode: PullRequest}";
    schedule(name, workflow, more)
}

/// The repository's name.
pub fn repository() -> RepositoryName {
    REPOSITORY.parse().unwrap()
}

/// The conditions of a WorkflowSchedule that may not be there.
pub fn conditions(object: Option<&WorkflowSchedule>) -> impl Iterator<Item = &Condition> {
    let status = object.and_then(|object| object.status.as_ref());
    status.into_iter().flat_map(|status| &status.conditions)
}

/// The world ends at the present, since the controller lives in it.
fn world(folder: PathBuf) -> World {
    let mut settings = Settings::new(7, present(), folder);
    settings.lateness = Lateness::always(Regime::prompt());
    // Its clock stands still while the controller's goes on: every minute would be the same one.
    settings.secondary = SecondaryLimits::none();
    let mut world = World::new(settings);
    let text = |file: &str| {
        format!("name: {file}\non:\n  schedule:\n    - cron: '0 0 * * *' # midnight\njobs: {{}}\n")
    };
    let files = FILES.map(|file| (format!(".github/workflows/{file}"), text(file).into_bytes()));
    for file in FILES {
        let file = file.parse().unwrap();
        let repository = repository();
        let behaviour = Behaviour::fixed(Seconds::minutes(10));
        world.behave(&WorkflowId { repository, file }, behaviour);
    }
    let files = files.to_vec();
    world
        .add_repository(NewRepository {
            files,
            ..NewRepository::new(repository(), &[])
        })
        .unwrap();
    world.add_token(TOKEN, "ada", Permissions::all());
    world.backfill(9);
    world
}

#[allow(
    clippy::disallowed_methods,
    reason = "the controller's process has the real clock"
)]
fn present() -> Timestamp {
    chrono::Utc::now().with_nanosecond(0).unwrap()
}
