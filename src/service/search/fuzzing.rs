//! Opened by `--cfg fuzzing` alone: what makes a query of a search text, for the fuzz targets.

use sea_orm::{Condition, DbBackend};

/// The condition of a search.
pub fn matching(db: DbBackend, term: &str) -> Condition {
    super::matching(db, term, None)
}
