//! Rooms: opened by customers, listed, managed and assigned by admins, read by both.

mod assignment;
mod close;
mod join;
mod known;
mod list;
mod make;
mod manage;
mod open;
mod queries;
mod read;
mod show;

pub use assignment::drain_queue;
pub use close::close;
pub use join::join;
pub use known::find_known;
pub use list::{Assignee, ListRooms, RoomPage, list};
pub use manage::{ManageRoom, assign, manage};
pub use open::{OpenRoom, Opened, current, open};
pub use read::{MarkRead, ReadMark, mark_message_read, mark_read};
pub use show::{RoomWithMessages, find, show};

pub(in crate::service) use list::{by_status, newest};
pub(in crate::service) use make::{NewRoom, append_new_room, insert_room};
pub(in crate::service) use manage::record_change;
pub(in crate::service) use queries::{find_room, newest_room, room_view, topics_of};
