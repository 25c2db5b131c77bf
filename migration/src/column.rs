//! Tables and column types that have another name on each database, as Prisma spells them.

use sea_orm_migration::{
    prelude::{Alias, ColumnDef, Expr, IntoIden, Table, TableCreateStatement},
    sea_orm::DbBackend,
};

/// A new table. On MySQL it takes every character, whatever the server was set up with, and compares as Prisma's do.
pub(crate) fn table(db: DbBackend, name: &'static str) -> TableCreateStatement {
    let mut table = Table::create().table(name).to_owned();
    if db == DbBackend::MySql {
        table.engine("InnoDB").character_set("utf8mb4").collate("utf8mb4_unicode_ci");
    }
    table
}

/// A Prisma `DateTime`: text on SQLite, milliseconds without a zone elsewhere.
pub(crate) fn moment(db: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match db {
        DbBackend::Postgres => column.custom(Alias::new("timestamp(3)")),
        DbBackend::MySql => column.custom(Alias::new("datetime(3)")),
        _ => column.custom(Alias::new("datetime")),
    };
    column
}

/// A [`moment`] that is now unless something else is written; Sapa always writes it.
pub(crate) fn moment_of_creation(db: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = moment(db, name);
    let now = if db == DbBackend::MySql { "CURRENT_TIMESTAMP(3)" } else { "CURRENT_TIMESTAMP" };
    column.not_null().default(Expr::cust(now));
    column
}

/// A Prisma enum: a quoted type of that name on Postgres, native on MySQL, text on SQLite.
pub(crate) fn enumeration(db: DbBackend, name: &'static str, of: &Enumeration) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match db {
        DbBackend::Postgres => column.custom(Alias::new(format!("\"{}\"", of.name))),
        DbBackend::MySql => column.enumeration(Alias::new(of.name), of.values.iter().map(|value| Alias::new(*value))),
        _ => column.text(),
    };
    column.not_null().default(of.values[of.default]);
    column
}

/// Text that an index or a limit holds short: Prisma's `String` is `varchar(191)` on MySQL, `text` elsewhere.
pub(crate) fn short_text(db: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match db {
        DbBackend::MySql => column.string_len(255),
        _ => column.text(),
    };
    column
}

/// Short text that is compared byte by byte; MySQL's default collation folds case and accents.
pub(crate) fn exact_text(db: DbBackend, name: &'static str, length: u32) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match db {
        DbBackend::MySql => {
            column.custom(Alias::new(format!("varchar({length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")))
        }
        _ => column.string_len(length),
    };
    column
}

/// The name and values of an enum.
pub(crate) struct Enumeration {
    /// The type's name in Prisma's schema.
    pub(crate) name: &'static str,
    /// Its values in the schema's order.
    pub(crate) values: &'static [&'static str],
    /// Which value is the default.
    default: usize,
}

/// Every enum of the schema.
pub(crate) const ENUMERATIONS: [&Enumeration; 5] = [&ROLE, &STATUS, &PRIORITY, &MESSAGE_TYPE, &KIND];
/// A person's role.
pub(crate) const ROLE: Enumeration = Enumeration { name: "Role", values: &["USER", "ADMIN"], default: 0 };
/// A room's status.
pub(crate) const STATUS: Enumeration =
    Enumeration { name: "ChatStatus", values: &["OPEN", "CLOSED", "RESOLVED"], default: 0 };
/// A room's priority.
pub(crate) const PRIORITY: Enumeration =
    Enumeration { name: "ChatPriority", values: &["LOW", "NORMAL", "HIGH", "URGENT"], default: 1 };
/// What a message is.
pub(crate) const MESSAGE_TYPE: Enumeration =
    Enumeration { name: "MessageType", values: &["TEXT", "IMAGE", "FILE"], default: 0 };
/// Whom a room connects.
pub(crate) const KIND: Enumeration =
    Enumeration { name: "ChatKind", values: &["SUPPORT", "DIRECT", "BROADCAST"], default: 0 };

/// The column's identifier.
pub(crate) fn iden(name: &'static str) -> impl IntoIden {
    Alias::new(name)
}
