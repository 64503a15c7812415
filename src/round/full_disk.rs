//! A round that meets a full disk, and the next one that finds room again.

use super::workflow_schedule_round;
use crate::{
    api::condition,
    decide::Conclusion,
    domain::Seconds,
    observe::stage::{Stage, object},
};

async fn round(stage: &Stage) -> Conclusion {
    workflow_schedule_round(&object(), &stage.site(), async || Ok(()), stage.now()).await
}

fn ready(end: &Conclusion) -> &str {
    let ready = condition::find(&end.status.conditions, condition::READY);
    ready.map_or("", |ready| ready.reason.as_str())
}

#[tokio::test]
async fn rounds_recover_by_themselves_once_the_disk_has_room() {
    let stage = Stage::set().await;
    // The limit ends with the writer that met it: what comes later finds room.
    stage.store.limit_pages(1).await;
    round(&stage).await;

    stage.pass(Seconds::minutes(20));
    let roomy = round(&stage).await;

    assert_ne!(ready(&roomy), "StoreUnavailable");
    assert!(roomy.status.prediction.is_some());
}
