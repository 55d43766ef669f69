//! Reading what a job is about.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use storage::job::ClaimedJob;

use crate::jobs::JobError;

/// What a job is about.
///
/// # Errors
/// [`JobError::Failed`] when its key is no such id.
pub fn key<T>(job: &ClaimedJob) -> Result<T, JobError>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    job.key.parse().map_err(|error| JobError::failed("reading a job's key", error))
}

/// What a job needs to know beside that.
///
/// # Errors
/// [`JobError::Failed`] when its payload is something else.
pub fn payload<T: DeserializeOwned>(job: &ClaimedJob) -> Result<T, JobError> {
    serde_json::from_str(&job.payload).map_err(|error| JobError::failed("reading a job", error))
}
