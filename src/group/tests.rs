use super::*;

fn parse<'a>(command: &str, body: &'a str) -> Result<GroupEvent<'a>, String> {
    GroupEvent::parse(&format!("Group.CallbackAfter{command}"), body).expect("the command is typed")
}

#[test]
fn reads_every_field_of_a_created_group() {
    let body = r#"{"GroupId":"@T","Operator_Account":"root","Owner_Account":"leckie","Type":"Public",
        "Name":"First \"quoted\"","MemberList":[{"Member_Account":"bob"}],"Tomorrow":[{}],
        "UserDefinedDataList":[{"Key":"k","Value":"v"}],"EventTime":"1670574414123"}"#;
    let expected = Created {
        group_id: "@T".into(),
        operator_account: "root".into(),
        owner_account: "leckie".into(),
        kind: "Public".into(),
        name: "First \"quoted\"".into(),
        member_list: Some(vec![Member { member_account: "bob".into() }]),
        user_defined_data_list: Some(vec![UserDefinedData { key: "k".into(), value: "v".into() }]),
        event_time: Some(1_670_574_414_123),
    };
    assert_eq!(parse("CreateGroup", body), Ok(GroupEvent::Created(Box::new(expected))));
}

#[test]
fn reads_every_field_of_a_destroyed_group_and_of_a_community_without_members() {
    let body = r#"{"GroupId":"@T","Type":"Work","Owner_Account":"leckie","Operator_Account":"root",
        "Name":"First","MemberList":[{"Member_Account":"bob"}],"EventTime":1670574414123}"#;
    let mut expected = Destroyed {
        group_id: "@T".into(),
        kind: "Work".into(),
        owner_account: "leckie".into(),
        operator_account: Some("root".into()),
        name: Some("First".into()),
        member_list: Some(vec![Member { member_account: "bob".into() }]),
        event_time: Some(1_670_574_414_123),
    };
    assert_eq!(parse("GroupDestroyed", body), Ok(GroupEvent::Destroyed(Box::new(expected.clone()))));

    let body = r#"{"GroupId":"@T","Type":"Community","Owner_Account":"leckie"}"#;
    expected.kind = "Community".into();
    (expected.operator_account, expected.name) = (None, None);
    (expected.member_list, expected.event_time) = (None, None);
    assert_eq!(parse("GroupDestroyed", body), Ok(GroupEvent::Destroyed(Box::new(expected))));
}

#[test]
fn reads_every_field_of_a_change() {
    let body = r#"{"GroupId":"@T","Type":"Work","Operator_Account":"root","Name":"n","Introduction":"",
        "Notification":"o","FaceUrl":"f","UserDefinedDataList":[],"EventTime":null}"#;
    let expected = InfoChanged {
        group_id: "@T".into(),
        kind: "Work".into(),
        operator_account: "root".into(),
        name: Some("n".into()),
        introduction: Some("".into()),
        notification: Some("o".into()),
        face_url: Some("f".into()),
        user_defined_data_list: Some(Vec::new()),
        event_time: None,
    };
    assert_eq!(parse("GroupInfoChanged", body), Ok(GroupEvent::InfoChanged(Box::new(expected))));
}

#[test]
fn reads_every_field_of_a_full_group() {
    let expected = Full { group_id: "@T".into(), topic_id: Some("@P".into()), event_time: None };
    let body = r#"{"GroupId":"@T","TopicId":"@P"}"#;
    assert_eq!(parse("GroupFull", body), Ok(GroupEvent::Full(expected)));
}

#[test]
fn says_where_a_body_does_not_fit() {
    for (body, expected) in [
        ("{}", "missing field `GroupId`"),
        (r#"{"GroupId":1}"#, "GroupId: invalid type: integer `1`"),
        (r#"{"GroupId":"@T","EventTime":"soon"}"#, "EventTime: invalid value: string \"soon\""),
        (r#"{"GroupId":"@T","EventTime":1.5}"#, "EventTime: invalid type: floating point"),
        (r#"{"GroupId":"@T","GroupId":"@U"}"#, "duplicate field `GroupId`"),
    ] {
        let misfit = parse("GroupFull", body).expect_err(body);
        assert!(misfit.contains(expected), "{misfit}");
    }
}

#[test]
fn other_commands_are_not_typed() {
    assert_eq!(GroupEvent::parse("Group.CallbackAfterSendMsg", "{}"), None);
}
