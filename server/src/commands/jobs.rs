//! `podium jobs …`

use anyhow::Context;
use clap::Subcommand;
use storage::job::{JobBacklog, JobKind, JobRow};

use crate::{compose, settings::Settings};

/// The most jobs that were given up that are listed.
const LISTED_MAX: u32 = 100;

/// Looks after what is planned for a time.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// Let jobs that were given up (at most 1000) run at once.
    Replay {
        /// Only jobs of this kind, e.g. `key_rotation`.
        #[arg(long, value_parser = kind)]
        kind: Option<JobKind>,
        /// Only the job with this key.
        #[arg(long)]
        key: Option<String>,
    },
    /// Show how many jobs are planned, wait or run, and which were given up.
    Show,
}

fn kind(text: &str) -> Result<JobKind, String> {
    JobKind::from_text(text).ok_or_else(|| format!("not one of {}", JobKind::LABELS.join(", ")))
}

impl JobsCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// When the database can't be opened or fails.
    pub async fn run(self) -> anyhow::Result<()> {
        let settings = Settings::from_env()?;
        let store = compose::open_store(&settings).await?;
        let services = compose::services(&settings, store).await?;
        match self {
            Self::Replay { kind, key } => {
                let count = services::jobs::replay_dead(&services, kind, key.as_deref())
                    .await
                    .context("jobs that were given up can't be replayed")?;
                println!("{count} jobs will run again.");
            }
            Self::Show => {
                let mut tx = services.store().begin_read().await?;
                let backlog = tx.jobs().backlog(services.now()).await?;
                let dead = tx.jobs().dead(LISTED_MAX).await?;
                drop(tx);
                println!("{}", shown(backlog, &dead));
            }
        }
        services.store().close().await;
        Ok(())
    }
}

/// What the person at the terminal reads.
fn shown(backlog: JobBacklog, dead: &[JobRow]) -> String {
    let JobBacklog { planned, waiting, running, dead: dead_count, oldest_run_at: _ } = backlog;
    let counts = format!("planned {planned}, waiting {waiting}, running {running}, dead {dead_count}");
    let lines = dead.iter().map(|job| {
        let ended = job.finished_at.map(|at| at.to_string()).unwrap_or_default();
        format!(
            "{} {}: planned for {}, given up at {ended} after {} tries: {}",
            job.kind.as_str(),
            job.key,
            job.run_at,
            job.attempt,
            job.reason.as_deref().unwrap_or("unknown")
        )
    });
    std::iter::once(counts).chain(lines).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use storage::job::JobState;

    use super::*;

    #[test]
    fn a_job_that_was_given_up_is_named_with_its_reason() {
        let job = JobRow {
            kind: JobKind::KeyRotation,
            key: "signing".to_owned(),
            run_at: Timestamp::from_secs(0),
            payload: "{}".to_owned(),
            state: JobState::Dead,
            attempt: 12,
            reason: Some("panicked".to_owned()),
            finished_at: Some(Timestamp::from_secs(60)),
        };
        let backlog = JobBacklog { planned: 3, dead: 1, ..JobBacklog::default() };
        assert_eq!(
            shown(backlog, &[job]),
            "planned 3, waiting 0, running 0, dead 1\nkey_rotation signing: planned for 1970-01-01T00:00:00.000Z, \
             given up at 1970-01-01T00:01:00.000Z after 12 tries: panicked"
        );
    }

    #[test]
    fn a_kind_that_there_is_not_is_refused_with_those_that_there_are() {
        assert_eq!(kind("board_prizes"), Ok(JobKind::BoardPrizes));
        assert!(kind("mission").unwrap_err().contains("board_prizes"));
    }
}
