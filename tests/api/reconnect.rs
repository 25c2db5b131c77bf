//! Readers whose connections break all the time, while others write.

use crate::harness::{Follower, Listen, TestApp};

#[tokio::test]
async fn readers_that_reconnect_all_the_time_get_everything_once_in_order() {
    storm(&TestApp::start().await).await;
}

#[tokio::test]
async fn so_do_those_who_fall_behind_at_every_second_message() {
    let settings = [("SAPA__STREAM__QUEUE_BYTES", "1024"), ("SAPA__STREAM__REPLAY_PAGE", "2")];
    storm(&TestApp::with(&settings).await).await;
}

/// Four writers in two rooms, five readers who hang up after so many frames,
/// in turn.
async fn storm(app: &TestApp) {
    let (first, second, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let rooms = [first.new_room().await, second.new_room().await];
    let followers = vec![
        (Follower::start(&first, Listen::room(rooms[0])).await, vec![rooms[0]], vec![1, 2, 3, 5, 8, 13]),
        (Follower::start(&first, Listen::all()).await, vec![rooms[0]], vec![4, 1, 9]),
        (Follower::start(&admin, Listen::room(rooms[1])).await, vec![rooms[1]], vec![2, 7]),
        (Follower::start(&admin, Listen::all()).await, rooms.to_vec(), vec![1, 20, 3, 50]),
        (Follower::start(&admin, Listen::all()).await, rooms.to_vec(), vec![1]),
    ];
    let before: Vec<_> = [first.history(rooms[0]).await, second.history(rooms[1]).await].concat();
    let following: Vec<_> = followers
        .into_iter()
        .map(|(mut follower, rooms, turns)| {
            tokio::spawn(async move {
                // The last word of the last room is the last of all.
                let room = rooms.last().expect("a room");
                follower.follow_until(&format!("the end of {room}"), &turns).await;
                (follower, rooms)
            })
        })
        .collect();
    let writers = [
        first.keeps_writing(rooms[0], 60),
        second.keeps_writing(rooms[1], 60),
        admin.keeps_writing(rooms[0], 60),
        admin.keeps_writing(rooms[1], 60),
    ];
    for writer in writers {
        writer.await.expect("the writer ends");
    }
    for (customer, room) in [(&first, rooms[0]), (&second, rooms[1])] {
        customer.says(room, &format!("the end of {room}")).await;
    }
    for task in following {
        let (follower, rooms) = task.await.expect("the follower ends");
        let mut expected = Vec::new();
        for room in rooms {
            expected.extend(admin.history(room).await);
        }
        expected.retain(|id| !before.contains(id));
        expected.sort_unstable();
        assert_eq!(follower.messages(), expected, "over {} connections", follower.connections);
        assert!(follower.connections > 5);
    }
}
