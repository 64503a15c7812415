//! A worker: looks in parts, decides, acts step by step, concludes; it may die or lose an answer between any two steps.

use super::{
    look::{
        Act, Came, FileView, PullView, View, change, concluded, decided, look_at_file,
        look_at_pulls, state,
    },
    world::{Change, Claim, Head, Name, Pull, Spec, State, World, Wrong},
};
use crate::decide::PullState;

/// Where a worker is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Worker {
    Idle,
    /// Has read the object, the file and the timetable; the pull requests come later.
    ReadFile(FileView),
    /// Has read the pull requests; the rest comes later.
    ReadPulls(Vec<PullView>),
    /// Is at the given step of the effect that follows those that came to an end.
    Acting {
        view: View,
        came: Vec<Came>,
        step: Step,
    },
}

/// The steps of an act, each of which is one request or one re-read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Step {
    Reread,
    Branch,
    /// The request that people see: the pull request is posted, or its text changed, or it is closed.
    Last(Name),
}

/// What a worker does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    LookAtFile,
    LookAtPulls,
    Step,
    /// The step happens, and its answer is lost.
    StepUnheard,
    Die,
}

/// What a worker can do next.
pub(super) fn nexts(world: &World, worker: &Worker) -> Vec<Next> {
    let mut nexts = match worker {
        Worker::Idle if world.gone => Vec::new(),
        Worker::Idle => vec![Next::LookAtFile, Next::LookAtPulls],
        Worker::ReadFile(_) => vec![Next::LookAtPulls],
        Worker::ReadPulls(_) => vec![Next::LookAtFile],
        Worker::Acting { .. } => vec![Next::Step],
    };
    if let (Worker::Acting { step, .. }, true) = (worker, world.faults_left > 0) {
        nexts.push(Next::Die);
        if *step != Step::Reread {
            nexts.push(Next::StepUnheard);
        }
    }
    nexts
}

/// Does it.
pub(super) fn act(world: &mut World, who: usize, next: Next) {
    if matches!(next, Next::StepUnheard | Next::Die) {
        world.faults_left -= 1;
    }
    let worker = std::mem::replace(&mut world.workers[who], Worker::Idle);
    let worker = match (worker, next) {
        (_, Next::Die) => {
            world.let_go(who, Claim::Expired);
            Worker::Idle
        }
        // A farewell rests on the pull requests of the present: older ones are read again.
        (_, Next::LookAtFile) if world.contract.looks_again_at_farewell && world.spec.deleting => {
            Worker::ReadFile(look_at_file(world))
        }
        (Worker::ReadPulls(pulls), Next::LookAtFile) => begin(
            world,
            View {
                file: look_at_file(world),
                pulls,
            },
        ),
        // Somebody may be opening one just now; the farewell comes after.
        (Worker::ReadFile(file), Next::LookAtPulls) if file.spec.deleting && world.is_claimed() => {
            Worker::Idle
        }
        (Worker::ReadFile(file), Next::LookAtPulls) => begin(
            world,
            View {
                file,
                pulls: look_at_pulls(world),
            },
        ),
        (_, Next::LookAtFile) => Worker::ReadFile(look_at_file(world)),
        (_, Next::LookAtPulls) => Worker::ReadPulls(look_at_pulls(world)),
        (Worker::Acting { view, came, step }, Next::Step | Next::StepUnheard) => {
            go_on(world, who, view, came, step, next == Next::Step)
        }
        (worker, Next::Step | Next::StepUnheard) => worker,
    };
    world.workers[who] = worker;
}

/// Decides; puts the finalizer on before the first effect, which the API server refuses where the object is going.
fn begin(world: &mut World, view: View) -> Worker {
    if decided(&view).finalizer && !world.finalizer {
        if world.spec.deleting {
            return Worker::Idle;
        }
        world.finalizer = true;
    }
    advance(world, view, Vec::new())
}

/// Takes up the next effect, or concludes after the last.
fn advance(world: &mut World, view: View, came: Vec<Came>) -> Worker {
    if came.len() < decided(&view).acts.len() {
        return Worker::Acting {
            view,
            came,
            step: Step::Reread,
        };
    }
    let (told, finalizer) = concluded(&view, &came);
    if let Some((number, told)) = told
        && !is_true(world, number, &told)
    {
        world.blame(Wrong::FalseStatus);
    }
    // Putting it on is done before the first effect; here it is only taken off, by whoever saw it.
    world.finalizer &= finalizer || !view.file.finalizer;
    if world.spec.deleting && !world.finalizer && !world.gone {
        world.gone = true;
        if world.open().any(|(_, pull)| !pull.head.touched) {
            world.blame(Wrong::Orphaned);
        }
    }
    Worker::Idle
}

/// Whether status tells of a pull request that exists, and of an end that came.
fn is_true(world: &World, number: u64, told: &str) -> bool {
    let pull = usize::try_from(number)
        .ok()
        .and_then(|number| world.pulls.get(number - 1));
    pull.is_some_and(|pull| told == "Open" || told == <&str>::from(state(world, pull)))
}

/// One step of the present act; when the act has ended, what came of it.
fn go_on(
    world: &mut World,
    who: usize,
    view: View,
    mut came: Vec<Came>,
    step: Step,
    heard: bool,
) -> Worker {
    let act = decided(&view).acts[came.len()];
    let claimed = if step == Step::Reread {
        world.claim(who)
    } else {
        Ok(())
    };
    let result = claimed.and_then(|()| match act {
        Act::Open(change) => open(world, view.file.spec, change, step),
        Act::Update {
            number,
            change,
            commits,
        } => update(world, number, change, commits, step),
        Act::Close {
            number, commits, ..
        } => close(world, number, commits, step),
    });
    match result {
        Ok(step) if heard => Worker::Acting { view, came, step },
        Ok(_) => {
            world.let_go(who, Claim::Free);
            came.push(Came::Nothing);
            advance(world, view, came)
        }
        Err(end) => {
            world.let_go(who, Claim::Free);
            came.push(if heard { end } else { Came::Nothing });
            advance(world, view, came)
        }
    }
}

/// Opens: re-read, branch, post. `Err` is the end of the act.
fn open(world: &mut World, spec: Spec, change: Change, step: Step) -> Result<Step, Came> {
    match step {
        Step::Reread => {
            if world.contract.asks_the_object && world.spec != spec {
                return Err(Came::Nothing);
            }
            let refused = world.contract.rereads
                && (world.open().next().is_some() || world.file != change.base);
            if refused || (world.contract.asks_for_a_no && said_no(world, change)) {
                return Err(Came::Nothing);
            }
            Ok(Step::Branch)
        }
        Step::Branch => {
            let name = branch_for(world, change).ok_or(Came::Nothing)?;
            match world.branches.get(&name).map(|head| head.carries) {
                None => {
                    world.branches.insert(
                        name,
                        Head {
                            commits: 1,
                            carries: change,
                            touched: false,
                        },
                    );
                }
                Some(carries) if carries != change => world.push(name, Some(change)),
                Some(_) => {}
            }
            Ok(Step::Last(name))
        }
        Step::Last(name) => Err(world
            .post(name, change)
            .map_or(Came::Nothing, |number| Came::Opened(number, change))),
    }
}

/// Updates: re-read, commit on top, tell.
fn update(
    world: &mut World,
    number: u64,
    change: Change,
    commits: u8,
    step: Step,
) -> Result<Step, Came> {
    let pull = *world.pull(number).ok_or(Came::Nothing)?;
    match step {
        Step::Reread => {
            if world.contract.rereads && !is_untouched(&pull, commits) {
                return Err(Came::Nothing);
            }
            Ok(Step::Branch)
        }
        Step::Branch => {
            let head = *world.branches.get(&pull.branch).ok_or(Came::Nothing)?;
            if head.commits != commits {
                return Err(Came::Nothing);
            }
            if head.carries != change {
                world.push(pull.branch, Some(change));
            }
            Ok(Step::Last(pull.branch))
        }
        Step::Last(_) => {
            if let Some(pull) = world.pull(number) {
                pull.told = change;
                pull.mark = false;
            }
            Err(Came::Done)
        }
    }
}

/// Closes: re-read; then either mark and delete if unchanged, or close with the mark and delete.
fn close(world: &mut World, number: u64, commits: u8, step: Step) -> Result<Step, Came> {
    let pull = *world.pull(number).ok_or(Came::Nothing)?;
    match step {
        Step::Reread => {
            if world.contract.rereads && !is_untouched(&pull, commits) {
                return Err(Came::Nothing);
            }
            Ok(Step::Branch)
        }
        Step::Branch => {
            let compares = world.contract.closes_by_compare_and_delete;
            if let Some(pull) = world.pull(number) {
                pull.mark = true;
                if !compares && pull.state == State::Open {
                    pull.state = State::ClosedByUs;
                    if pull.head.touched {
                        world.blame(Wrong::ClosedOverAPerson);
                    }
                }
            }
            Ok(Step::Last(pull.branch))
        }
        Step::Last(name) => {
            if world
                .branches
                .get(&name)
                .is_none_or(|head| head.commits != commits)
            {
                return Err(Came::Nothing);
            }
            world.delete(name);
            Err(
                if world
                    .pull(number)
                    .is_some_and(|pull| pull.state == State::ClosedByUs)
                {
                    Came::Done
                } else {
                    Came::Nothing
                },
            )
        }
    }
}

/// Whether a pull request is as an update or a closing assumes it.
fn is_untouched(pull: &Pull, commits: u8) -> bool {
    pull.state == State::Open && !pull.head.touched && pull.head.commits == commits
}

/// Whether a person said no to a change: closed it, or merged it and took it back.
fn said_no(world: &World, wanted: Change) -> bool {
    let no = |pull| matches!(state(world, pull), PullState::Declined | PullState::Merged);
    world
        .pulls
        .iter()
        .any(|pull| no(pull) && change(world, pull) == Some(wanted))
}

/// The first name for a change on which no person sits.
fn branch_for(world: &World, change: Change) -> Option<Name> {
    let free = |name: &Name| world.branches.get(name).is_none_or(|head| !head.touched);
    let most = if world.contract.takes_another_name {
        4
    } else {
        1
    };
    (0..most).map(|attempt| Name { change, attempt }).find(free)
}

impl World {
    fn claim(&mut self, who: usize) -> Result<(), Came> {
        if self.contract.claims {
            if self.is_claimed() {
                return Err(Came::Nothing);
            }
            self.claim = Claim::Held(u8::try_from(who).unwrap());
        }
        Ok(())
    }

    fn is_claimed(&self) -> bool {
        matches!(self.claim, Claim::Held(_))
    }

    fn let_go(&mut self, who: usize, to: Claim) {
        if self.claim == Claim::Held(u8::try_from(who).unwrap()) {
            self.claim = to;
        }
    }
}
