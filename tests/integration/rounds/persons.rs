//! What people say and do is final.

use cronwright::{
    domain::Seconds,
    simulate::{FaultKind, Permissions, PullDeed, World},
};

use super::town::{FILE, PINNED, Town, app};

const FAILS: FaultKind = FaultKind::Status {
    status: 500,
    retry_after_seconds: None,
};

async fn with_an_open_pull() -> Town {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    assert_eq!(town.open_pulls().len(), 1);
    town
}

#[tokio::test]
async fn what_a_person_closed_is_not_opened_again_not_even_after_a_restart() {
    let mut town = with_an_open_pull().await;
    town.on(|world| world.close(&app(), 1)).unwrap();
    town.rest().await;
    assert_eq!(town.condition("nightly", "InSync"), "False/Declined");
    town.restart().await;
    town.pass(Seconds::days(1)).await;
    assert_eq!(town.pulls().len(), 1);
    assert_eq!(town.condition("nightly", "InSync"), "False/Declined");
}

#[tokio::test]
async fn a_no_is_remembered_by_github_alone() {
    let mut town = with_an_open_pull().await;
    town.on(|world| world.close(&app(), 1)).unwrap();
    town.on(|world| world.delete_branch(&app(), &branch_of(world, 1)))
        .unwrap();
    town.forget_everything().await;
    town.rest().await;
    assert_eq!(town.pulls().len(), 1);
    assert_eq!(town.condition("nightly", "InSync"), "False/Declined");
}

#[tokio::test]
async fn a_no_to_a_change_that_came_by_update_is_remembered_by_github_alone() {
    let mut town = with_an_open_pull().await;
    town.declare("nightly", &PINNED.replace("17 2", "41 4"));
    town.rest().await;
    assert_eq!(
        town.events("nightly"),
        ["PullRequestOpened", "PullRequestUpdated"]
    );
    town.on(|world| world.close(&app(), 1)).unwrap();
    town.forget_everything().await;
    town.rest().await;
    assert_eq!(town.pulls().len(), 1);
    assert_eq!(town.condition("nightly", "InSync"), "False/Declined");
}

#[tokio::test]
async fn a_pull_request_whose_opening_nobody_recorded_and_a_person_closed_stays_closed() {
    let mut town = Town::new().await;
    town.once("POST /repos/acme/app/pulls", FaultKind::LostAnswer);
    town.declare("nightly", PINNED);
    town.round().await;
    town.on(|world| world.close(&app(), 1)).unwrap();
    town.restart().await;
    town.rest().await;
    assert_eq!(town.pulls().len(), 1);
    assert_eq!(town.condition("nightly", "InSync"), "False/Declined");
}

#[tokio::test]
async fn a_branch_that_a_person_pushed_to_is_left_alone_for_good() {
    let mut town = with_an_open_pull().await;
    let branch = town.on(|world| branch_of(world, 1));
    town.push(&branch, "notes.txt", "mine now\n");
    town.pass(Seconds::minutes(11)).await;
    let theirs = town.pulls()[0].clone();
    assert_eq!(town.condition("nightly", "InSync"), "False/LeftAlone");

    town.declare("nightly", &PINNED.replace("17 2", "41 4"));
    town.rest().await;
    town.push("main", "README.md", "the base moves\n");
    town.pass(Seconds::hours(2)).await;
    assert_eq!(town.pulls(), std::slice::from_ref(&theirs));

    town.delete("nightly");
    town.rest().await;
    assert!(town.residents.is_empty());
    assert_eq!(town.pulls(), [theirs]);
    assert!(town.has_branch(&branch));
}

#[tokio::test]
async fn deleting_the_object_closes_its_pull_request_with_a_comment_and_removes_the_branch() {
    let mut town = with_an_open_pull().await;
    let branch = town.on(|world| branch_of(world, 1));
    town.delete("nightly");
    town.rest().await;
    assert!(town.residents.is_empty());
    let [pull] = &town.pulls()[..] else { panic!() };
    assert!(!pull.open && !pull.merged);
    assert_eq!(pull.comments.len(), 1);
    assert!(!town.has_branch(&branch));
}

#[tokio::test]
async fn what_was_merged_and_taken_back_is_not_proposed_again() {
    let mut town = with_an_open_pull().await;
    let before = town.file("main", FILE);
    town.on(|world| world.merge(&app(), 1)).unwrap();
    town.rest().await;
    town.push("main", FILE, &before);
    town.pass(Seconds::hours(2)).await;
    assert_eq!(town.pulls().len(), 1);
    assert_eq!(town.condition("nightly", "InSync"), "False/Reverted");
}

#[tokio::test]
async fn a_merged_pull_request_whose_branch_is_gone_is_merged_all_the_same() {
    let mut town = with_an_open_pull().await;
    let branch = town.on(|world| branch_of(world, 1));
    town.on(|world| world.merge(&app(), 1)).unwrap();
    let _ = town.on(|world| world.delete_branch(&app(), &branch));
    town.rest().await;
    assert_eq!(town.condition("nightly", "InSync"), "True/AsWished");
    assert_eq!(
        town.status("nightly").pull_request.clone().unwrap().label,
        "#1 merged"
    );
}

#[tokio::test]
async fn nothing_is_ever_reopened_or_forced() {
    let mut town = with_an_open_pull().await;
    town.declare("nightly", &PINNED.replace("17 2", "41 4"));
    town.rest().await;
    town.on(|world| world.close(&app(), 1)).unwrap();
    town.declare("nightly", PINNED);
    town.rest().await;
    let reopened = town.on(|world| {
        let happened = world.journal().iter();
        happened
            .filter(|entry| format!("{entry:?}").contains(&format!("{:?}", PullDeed::Reopened)))
            .count()
    });
    assert_eq!(reopened, 0);
}

fn branch_of(world: &World, number: u64) -> String {
    let pulls = world.pulls(&app()).unwrap();
    pulls
        .iter()
        .find(|pull| pull.number == number)
        .unwrap()
        .head_branch
        .clone()
}

/// Replaces the commit of the open pull request by one with its message, as `git commit --amend` does, in the name of
/// somebody whom GitHub does not know.
fn amend(town: &Town, file: Option<&str>, author_too: bool) {
    let git = git2::Repository::open_bare(town.folder.path().join("github/acme/app.git")).unwrap();
    let pull = town.pulls()[0].clone();
    let ours = git.find_commit(pull.head_sha.parse().unwrap()).unwrap();
    let stranger = git2::Signature::now("jo", "jo@nowhere.example").unwrap();
    let author = if author_too {
        stranger.clone()
    } else {
        ours.author().to_owned()
    };
    let mut tree = ours.tree().unwrap();
    if let Some(text) = file {
        let mut update = git2::build::TreeUpdateBuilder::new();
        let blob = git.blob(text.as_bytes()).unwrap();
        update.upsert("notes.txt", blob, git2::FileMode::Blob);
        let built = update.create_updated(&git, &tree).unwrap();
        tree = git.find_tree(built).unwrap();
    }
    let parents: Vec<_> = ours.parents().collect();
    let parents: Vec<_> = parents.iter().collect();
    let message = ours.message().unwrap();
    let amended = git
        .commit(None, &author, &stranger, message, &tree, &parents)
        .unwrap();
    let forced =
        |world: &mut World| world.force_push(&app(), &pull.head_branch, &amended.to_string());
    town.on(forced).unwrap();
}

#[tokio::test]
async fn a_commit_of_ours_that_somebody_amended_is_theirs_whoever_they_are() {
    for (file, author_too) in [(None, false), (Some("mine"), false), (Some("mine"), true)] {
        let mut town = with_an_open_pull().await;
        amend(&town, file, author_too);
        town.pass(Seconds::minutes(11)).await;
        assert_eq!(town.condition("nightly", "InSync"), "False/LeftAlone");
        town.delete("nightly");
        town.rest().await;
        assert_eq!(town.open_pulls().len(), 1, "{file:?}, {author_too}");
    }
}

#[tokio::test]
async fn a_no_to_a_change_whose_text_never_came_is_a_no_to_what_the_commits_carry() {
    let mut town = with_an_open_pull().await;
    town.once("PATCH /repos/acme/app/pulls/1", FAILS);
    town.declare("nightly", &PINNED.replace("17 2", "41 4"));
    town.round().await;
    let [pull] = &town.pulls()[..] else { panic!() };
    assert!(pull.title.contains("17 2"), "{}", pull.title);
    town.on(|world| world.close(&app(), 1)).unwrap();
    town.forget_everything().await;
    town.rest().await;
    assert_eq!(town.pulls().len(), 1);
    assert_eq!(town.condition("nightly", "InSync"), "False/Declined");
}

#[tokio::test]
async fn an_update_that_was_cut_short_is_taken_up_without_another_commit() {
    let mut town = with_an_open_pull().await;
    town.once("PATCH /repos/acme/app/pulls/1", FAILS);
    town.declare("nightly", &PINNED.replace("17 2", "41 4"));
    town.round().await;
    let head = town.pulls()[0].head_sha.clone();
    town.rest().await;
    let [pull] = &town.pulls()[..] else { panic!() };
    assert!(pull.title.contains("41 4"), "{}", pull.title);
    assert_eq!(pull.head_sha, head);
}

#[tokio::test]
async fn what_another_account_of_ours_withdrew_is_no_persons_no() {
    let mut town = with_an_open_pull().await;
    town.declare("nightly", &PINNED.replace("PullRequest", "Recommend"));
    town.rest().await;
    assert!(town.open_pulls().is_empty());
    town.on(|world| world.add_token("ghp_another", "robot", Permissions::all()));
    town.use_token("ghp_another");
    town.forget_everything().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    let [pull] = &town.open_pulls()[..] else {
        panic!("{:?}", town.pulls())
    };
    assert_eq!(pull.by, "robot");
}

#[tokio::test]
async fn a_person_who_closes_what_we_are_about_to_withdraw_has_said_no() {
    let mut town = with_an_open_pull().await;
    // The text says already that we withdraw it when the process dies.
    town.once("POST /graphql", FAILS);
    town.declare("nightly", &PINNED.replace("PullRequest", "Recommend"));
    town.round().await;
    assert!(
        town.pulls()[0].body.contains("withdrawn by=ada"),
        "{}",
        town.pulls()[0].body
    );
    town.on(|world| world.close(&app(), 1)).unwrap();
    town.declare("nightly", PINNED);
    town.rest().await;
    assert!(town.open_pulls().is_empty());
    assert_eq!(town.condition("nightly", "InSync"), "False/Declined");
}

#[tokio::test]
async fn a_withdrawal_that_was_cut_short_and_is_no_longer_wished_for_is_taken_back() {
    let mut town = with_an_open_pull().await;
    town.once("POST /graphql", FAILS);
    town.declare("nightly", &PINNED.replace("PullRequest", "Recommend"));
    town.round().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    let [pull] = &town.pulls()[..] else { panic!() };
    assert!(
        pull.open && !pull.body.contains("withdrawn"),
        "{}",
        pull.body
    );
}

#[tokio::test]
async fn a_branch_of_ours_that_a_person_took_before_it_was_proposed_is_left_and_another_is_made() {
    let mut town = Town::new().await;
    town.once(
        "POST /repos/acme/app/pulls",
        FaultKind::Status {
            status: 500,
            retry_after_seconds: None,
        },
    );
    town.declare("nightly", PINNED);
    town.round().await;
    let git = git2::Repository::open_bare(town.folder.path().join("github/acme/app.git")).unwrap();
    let branches = git.references_glob("refs/heads/cronwright/*").unwrap();
    let branch = branches
        .map(|one| one.unwrap().name().unwrap().to_owned())
        .next()
        .unwrap();
    let branch = branch.trim_start_matches("refs/heads/");
    town.push(branch, "notes.txt", "mine\n");
    town.rest().await;
    let [pull] = &town.open_pulls()[..] else {
        panic!("{:?}", town.pulls())
    };
    assert_eq!(pull.head_branch, format!("{branch}-2"));
    assert_eq!(town.file(branch, "notes.txt"), "mine\n");
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");
}
