//! What the buttons do: read the folder, go back to kept rules, accept the new rows of a table. Each is recorded first.

use std::time::Duration;

use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::used::About;
use crate::gateway::Status;

/// How long is waited for what came of it.
const LIMIT: Duration = Duration::from_secs(10);

fn back(done: &str) -> Answer {
    Answer::Moved(format!("/console/changes?done={done}"))
}

fn still_reading() -> Answer {
    Answer::refused(
        "it is not known yet what came of it: reading the rules takes longer than 10 seconds",
        "look at “Changes” again in a moment: it stands there once it is done",
    )
}

/// Reads the rules folder.
pub(in crate::console) async fn reload(console: &Console, asked: &Asked) -> Answer {
    if let Err(answer) = console.used.record(asked, "reload", About::Nothing) {
        return answer;
    }
    match console.watched.reload.look(Vec::new(), LIMIT).await {
        None => still_reading(),
        Some(Status { last_failure: Some(_), .. }) => Answer::Moved("/console/changes".to_owned()),
        // The folder is as it was when somebody chose other rules.
        Some(status) if status.origin.note().is_some() => back("unchanged"),
        Some(_) => back("reload"),
    }
}

/// Goes back to rules that are kept.
pub(in crate::console) async fn roll_back(console: &Console, asked: &Asked) -> Answer {
    let hash = asked.field("hash").unwrap_or_default().to_owned();
    let Some(sets) = console.watched.sets.clone() else {
        return Answer::refused(
            "no rules are kept to go back to",
            "`reload.state` and `reload.keep` in gateway.yaml say where and how many",
        );
    };
    if let Err(answer) = console.used.record(asked, "rollback", About::Thing(&hash)) {
        return answer;
    }
    let read = move || {
        let set = sets.find(Some(&hash), None).map_err(|why| why.told())?;
        sets.read(&set).map_err(|why| format!("these rules cannot be read: {why}"))
    };
    let sources = match tokio::task::spawn_blocking(read).await {
        Ok(Ok(sources)) => sources,
        Ok(Err(why)) => return Answer::refused(why, "go back, load the page again, and choose others"),
        Err(_) => return Answer::refused("reading these rules broke off", "choose others"),
    };
    match console.watched.reload.roll_back(sources, LIMIT).await {
        None => still_reading(),
        Some(Status { rollback_failure: Some(_), .. }) => Answer::Moved("/console/changes".to_owned()),
        Some(_) => back("rollback"),
    }
}

/// Takes the rows of a table's file, however few they are; those alone that were seen when the button was pressed.
pub(in crate::console) async fn accept(console: &Console, asked: &Asked) -> Answer {
    let table = asked.field("table").unwrap_or_default();
    let rows = asked.field("rows").unwrap_or_default();
    let live = console.watched.gateway.current();
    let is_as_seen = live.kept.iter().any(|kept| kept.table == table && kept.rows_in_file.to_string() == rows);
    if !is_as_seen {
        return Answer::refused(
            format!("the table `{table}` is not as it was when the page was loaded"),
            "load “Changes” again, and look at its rows once more",
        );
    }
    if let Err(answer) = console.used.record(asked, "accept rows", About::Thing(table)) {
        return answer;
    }
    match console.watched.reload.look(vec![table.to_owned()], LIMIT).await {
        None => still_reading(),
        Some(Status { last_failure: Some(_), .. }) => Answer::Moved("/console/changes".to_owned()),
        Some(_) if console.watched.gateway.current().kept.iter().any(|kept| kept.table == table) => {
            Answer::Moved("/console/changes".to_owned())
        }
        Some(_) => back("accept"),
    }
}
