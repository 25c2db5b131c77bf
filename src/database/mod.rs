//! What every use of the database has in common: how long it may take, and what its failures mean.

mod failure;
mod reading;
mod writing;

pub use failure::{is_full, is_lost, is_passing, is_undone, silence};
pub use reading::Reading;
pub use sea_orm::DbErr;
pub use writing::{Session, Writing};
