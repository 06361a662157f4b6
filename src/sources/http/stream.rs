//! An answer that is read while it comes and may never end: a server that streams, and one that never hangs up.
//!
//! Knows no format; who reads it says when it has enough.

use super::{Answer, Call, Failure, Http, answer::says_html};
use crate::domain::Time;

impl Http {
    /// Hands over what comes, piece by piece, until `take` answers that it has enough, or the answer ends.
    ///
    /// # Errors
    /// As [`Http::call`]; late where neither came within the time of one request. What was handed over till then counts.
    pub(crate) async fn stream(
        &self,
        call: Call<'_>,
        now: Time,
        mut take: impl FnMut(&[u8]) -> bool,
    ) -> Result<(), Failure> {
        self.in_time(async {
            let mut response = self.send(call, now).await?;
            if says_html(response.headers()) {
                let page = response.chunk().await.map_err(Failure::from_reqwest)?.unwrap_or_default();
                let answer = Answer::new(response.headers(), page.to_vec());
                return answer.page_instead_of_json().map_or(Ok(()), |e| Err(Failure::answered(200, e, String::new())));
            }
            while let Some(chunk) = response.chunk().await.map_err(Failure::from_reqwest)? {
                if take(&chunk) {
                    break;
                }
            }
            Ok(())
        })
        .await
    }
}
