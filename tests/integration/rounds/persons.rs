//! What people say and do is final.

use cronwright::{domain::Seconds, simulate::PullDeed};

use super::town::{FILE, PINNED, Town, app};

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
    town.once(
        "POST /repos/acme/app/pulls",
        cronwright::simulate::FaultKind::LostAnswer,
    );
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

fn branch_of(world: &cronwright::simulate::World, number: u64) -> String {
    let pulls = world.pulls(&app()).unwrap();
    pulls
        .iter()
        .find(|pull| pull.number == number)
        .unwrap()
        .head_branch
        .clone()
}

#[tokio::test]
async fn a_commit_of_ours_that_a_person_amended_is_theirs() {
    let town = with_an_open_pull().await;
    let path = town.folder.path().join("github/acme/app.git");
    let pull = town.pulls()[0].clone();
    let git = git2::Repository::open_bare(path).unwrap();
    let ours = git.find_commit(pull.head_sha.parse().unwrap()).unwrap();
    let grace = git2::Signature::now("grace", "grace@example.com").unwrap();
    // A new commit that says word for word what ours says, as `git commit --amend` makes it.
    let amended = git
        .commit(
            None,
            &ours.author(),
            &grace,
            ours.message().unwrap(),
            &ours.tree().unwrap(),
            &[&ours],
        )
        .unwrap();
    let reference = format!("refs/heads/{}", pull.head_branch);
    git.reference(&reference, amended, true, "amend").unwrap();
    let cronwright::decide::Known::Known(observatory) = &town.site else {
        panic!()
    };
    let commits = observatory
        .github()
        .commits_since(&app(), "main", &amended.to_string())
        .await
        .unwrap();
    let by_us: Vec<_> = commits
        .iter()
        .map(cronwright::observe::pulls::is_made_by_us)
        .collect();
    assert_eq!(by_us, [true, false]);
}

#[tokio::test]
async fn a_branch_of_ours_that_a_person_took_before_it_was_proposed_is_told_and_left() {
    let mut town = Town::new().await;
    town.once(
        "POST /repos/acme/app/pulls",
        cronwright::simulate::FaultKind::Status {
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
    assert!(town.pulls().is_empty());
    assert_eq!(town.condition("nightly", "Ready"), "False/RequestRefused");
    assert!(town.message("nightly", "Ready").contains(branch));
}
