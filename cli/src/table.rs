//! The table of events: queries, scans and whole bodies.

use std::{collections::HashMap, error::Error, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{query::builders::QueryFluentBuilder, scan::builders::ScanFluentBuilder},
    types::{KeysAndAttributes, TableDescription},
};
use aws_smithy_async::future::pagination_stream::PaginationStream;
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use tencent_chat_webhook::record::{
    self,
    attribute::{Item, text},
};

use crate::{
    event::{DETAILS, key},
    fault::{Asked, Fault},
    pause::Pause,
    place::Place,
};

/// Attributes of every event's item.
const KEYS: [&str; 3] = ["pk", "sk", "CallbackCommand"];

/// The most items in a page. DynamoDB also limits a page to 1 MB; an embedded DynamoDB may read the whole table.
const PAGE: i32 = 1000;

/// The number of items that are read by their keys at once: up to 20 MB.
const KEYS_AT_A_TIME: usize = 50;

/// The first and the longest pause before a new request for unprocessed keys.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The number of bodies that are assembled at once: up to 14 MB.
const BODIES_AT_A_TIME: usize = 4;

/// Items, read page by page.
pub(crate) type Items = BoxStream<'static, Result<Item, Fault>>;

/// The attributes to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// `pk`, `sk` and `CallbackCommand`.
    Keys,
    /// The attributes that a printed table shows.
    Columns,
    /// Every attribute, with the body assembled from its parts.
    Whole,
}

impl Wanted {
    /// Placeholders for the attributes, and the projection of them. Without placeholders, some attributes would be
    /// reserved words of DynamoDB.
    fn projection(self) -> (Option<HashMap<String, String>>, Option<String>) {
        let details: &[&str] = match self {
            Self::Keys => &[],
            Self::Columns => &DETAILS,
            Self::Whole => return (None, None),
        };
        let attributes = KEYS.iter().chain(details).enumerate();
        let names: HashMap<_, _> =
            attributes.map(|(index, name)| (format!("#n{index}"), (*name).to_owned())).collect();
        let expression = names.keys().cloned().collect::<Vec<_>>().join(",");
        (Some(names), Some(expression))
    }
}

/// The size of the table. DynamoDB counts it every six hours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) items: u64,
    pub(crate) read_units: u64,
}

/// The table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
    asked: Asked,
}

impl Table {
    pub(crate) fn of(place: &Place) -> Result<Self, Fault> {
        let name = place.table()?;
        Ok(Self { client: place.dynamodb(), asked: place.asking("read", &name), name })
    }

    /// The error of a failed request.
    pub(crate) fn fault<E>(&self, error: &SdkError<E>) -> Fault
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.asked.fault(error)
    }

    /// A consistent query of a partition.
    pub(crate) fn partition(&self, pk: &str) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.name).consistent_read(true);
        query.expression_attribute_values(":pk", text(pk))
    }

    /// The items of a query.
    pub(crate) fn query(&self, query: QueryFluentBuilder, wanted: Wanted) -> Items {
        let (names, expression) = wanted.projection();
        let query = query.set_expression_attribute_names(names).set_projection_expression(expression);
        let limit = query.get_limit().unwrap_or(PAGE);
        self.items(query.limit(limit).into_paginator().items().send())
    }

    /// The items of a scan.
    pub(crate) fn scan(&self, scan: ScanFluentBuilder, wanted: Wanted) -> Items {
        let (names, expression) = wanted.projection();
        let scan = scan.set_expression_attribute_names(names).set_projection_expression(expression);
        self.items(scan.table_name(&self.name).limit(PAGE).into_paginator().items().send())
    }

    fn items<E>(&self, pages: PaginationStream<Result<Item, SdkError<E>>>) -> Items
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let next = |(mut pages, table): (PaginationStream<Result<Item, SdkError<E>>>, Self)| async move {
            let item = pages.next().await?;
            Some((item.map_err(|error| table.fault(&error)), (pages, table)))
        };
        stream::unfold((pages, self.clone()), next).boxed()
    }

    /// The whole items of these keys, in the same order. Deleted items are left out.
    pub(crate) fn by_keys(&self, keys: Items) -> Items {
        let table = self.clone();
        let read = move |keys: Vec<Result<Item, Fault>>| {
            let table = table.clone();
            async move { Ok::<_, Fault>(stream::iter(table.get(keys).await?).map(Ok)) }
        };
        keys.ready_chunks(KEYS_AT_A_TIME).then(read).try_flatten().boxed()
    }

    async fn get(&self, heads: Vec<Result<Item, Fault>>) -> Result<Vec<Item>, Fault> {
        let heads = heads.into_iter().collect::<Result<Vec<_>, _>>()?;
        // The builder fails only without keys.
        let keys = heads.iter().map(primary_key).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build().ok();
        let mut asked = keys.map(|keys| HashMap::from([(self.name.clone(), keys)]));
        let mut found = HashMap::new();
        let mut pause = Pause::new(FIRST_PAUSE, LONGEST_PAUSE);
        while let Some(request) = asked {
            let got = self.client.batch_get_item().set_request_items(Some(request)).send().await;
            let got = got.map_err(|error| self.fault(&error))?;
            for item in got.responses.into_iter().flat_map(HashMap::into_values).flatten() {
                found.insert(key(&item), item);
            }
            asked = got.unprocessed_keys.filter(|left| !left.is_empty());
            // DynamoDB leaves keys unprocessed if the response would exceed 16 MB, or if it throttles reads.
            if asked.is_some() {
                pause.lengthen();
                pause.wait().await;
            }
        }
        Ok(heads.iter().filter_map(|head| found.remove(&key(head))).collect())
    }

    /// The same items, with bodies assembled from parts. If parts are missing, the item has no body.
    pub(crate) fn with_bodies(&self, items: Items) -> Items {
        let table = self.clone();
        let whole = move |item: Result<Item, Fault>| {
            let table = table.clone();
            async move { table.with_body(item?).await }
        };
        items.map(whole).buffered(BODIES_AT_A_TIME).boxed()
    }

    /// The item with its body, if there is one.
    pub(crate) async fn with_body(&self, mut head: Item) -> Result<Item, Fault> {
        if head.contains_key("BodyParts")
            && !head.contains_key("Body")
            && let Some(body) = record::body(&head, &self.parts(&head).await?)
        {
            head.insert("Body".to_owned(), text(body));
        }
        Ok(head)
    }

    /// The parts of an item's body.
    pub(crate) async fn parts(&self, head: &Item) -> Result<Vec<Item>, Fault> {
        let pk = record::parts_key(head).unwrap_or_default();
        let query = self.partition(&pk).key_condition_expression("pk = :pk");
        self.query(query, Wanted::Whole).try_collect().await
    }

    pub(crate) async fn size(&self) -> Result<Size, Fault> {
        let table = self.described().await?;
        Ok(Size { items: count(table.item_count), read_units: read_units(table.table_size_bytes) })
    }

    /// The read units of a scan of an index. `None` if unknown.
    pub(crate) async fn index_read_units(&self, name: &str) -> Option<u64> {
        let table = self.described().await.ok()?;
        let index = table.global_secondary_indexes().iter().find(|index| index.index_name() == Some(name))?;
        Some(read_units(index.index_size_bytes.or(table.table_size_bytes)))
    }

    async fn described(&self) -> Result<TableDescription, Fault> {
        let described = self.client.describe_table().table_name(&self.name).send().await;
        let described = described.map_err(|error| self.fault(&error))?;
        described
            .table
            .ok_or_else(|| Fault::Message(format!("DynamoDB does not describe the table {}", self.name)))
    }
}

/// The key of an item, for a request.
pub(crate) fn primary_key(item: &Item) -> Item {
    ["pk", "sk"].into_iter().filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect()
}

fn count(count: Option<i64>) -> u64 {
    u64::try_from(count.unwrap_or(0)).unwrap_or(0)
}

/// Half a unit per 4 KB: a scan is eventually consistent.
fn read_units(bytes: Option<i64>) -> u64 {
    count(bytes).div_ceil(8192)
}
