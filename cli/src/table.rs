//! The table of events: queries, scans and whole bodies.

use std::{collections::HashMap, error::Error, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        query::builders::QueryFluentBuilder,
        scan::{ScanOutput, builders::ScanFluentBuilder},
    },
    types::{KeysAndAttributes, TableDescription},
};
use aws_smithy_async::future::pagination_stream::PaginationStream;
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use indicatif::ProgressBar;
use tencent_chat_webhook::record::{
    RecordedEvent,
    attribute::{Item, text},
};

use crate::{
    deployment::Deployment,
    fault::{Fault, RequestLabel},
    pause::Pause,
    what::ATTRIBUTES,
};

/// Attributes of every event's item.
const KEYS: [&str; 3] = ["pk", "sk", "CallbackCommand"];

/// The most items in a page. DynamoDB also limits a page to 1 MB; an embedded DynamoDB may read the whole table.
const PAGE: i32 = 1000;

/// The number of items in a request by keys: as many as DynamoDB allows.
const KEYS_AT_A_TIME: usize = 100;

/// The number of such requests at the same time.
const BATCHES_AT_A_TIME: usize = 4;

/// The first and the longest pause before a new request for unprocessed keys.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The number of bodies that are assembled at once: up to 14 MB.
const BODIES_AT_A_TIME: usize = 4;

/// Events, read page by page.
pub(crate) type Items = BoxStream<'static, Result<RecordedEvent, Fault>>;

/// The attributes to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// `pk`, `sk` and `CallbackCommand`.
    Keys,
    /// The attributes that a printed table shows, with the body if it is not in parts.
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
            Self::Columns => &ATTRIBUTES,
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
    label: RequestLabel,
}

impl Table {
    pub(crate) fn of(deployment: &Deployment) -> Result<Self, Fault> {
        let name = deployment.table()?;
        Ok(Self { client: deployment.dynamodb(), label: deployment.label("read", &name), name })
    }

    /// The error of a failed request.
    pub(crate) fn fault<E>(&self, error: &SdkError<E>) -> Fault
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.label.fault(error)
    }

    /// A consistent query of a partition.
    pub(crate) fn partition(&self, pk: &str) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.name).consistent_read(true);
        query.expression_attribute_values(":pk", text(pk))
    }

    /// The events of a query.
    pub(crate) fn query(&self, query: QueryFluentBuilder, wanted: Wanted) -> Items {
        self.items_of_query(query, wanted).map_ok(Into::into).boxed()
    }

    fn items_of_query(
        &self,
        query: QueryFluentBuilder,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<Item, Fault>> {
        let (names, expression) = wanted.projection();
        let query = query.set_expression_attribute_names(names).set_projection_expression(expression);
        let limit = query.get_limit().unwrap_or(PAGE);
        self.paginated(query.limit(limit).into_paginator().items().send())
    }

    /// The events of a scan. The progress counts all items that are read.
    pub(crate) fn scan(&self, scan: ScanFluentBuilder, wanted: Wanted, progress: ProgressBar) -> Items {
        let (names, expression) = wanted.projection();
        let scan = scan.set_expression_attribute_names(names).set_projection_expression(expression);
        let pages = scan.table_name(&self.name).limit(PAGE).into_paginator().send();
        let items = move |page: ScanOutput| {
            progress.inc(count(Some(page.scanned_count.into())));
            stream::iter(page.items.unwrap_or_default()).map(|item| Ok(item.into()))
        };
        self.paginated(pages).map_ok(items).try_flatten().boxed()
    }

    /// Pages or items, with the table's name in the error.
    fn paginated<T, E>(
        &self,
        pages: PaginationStream<Result<T, SdkError<E>>>,
    ) -> BoxStream<'static, Result<T, Fault>>
    where
        T: Send + 'static,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let next = |(mut pages, table): (PaginationStream<Result<T, SdkError<E>>>, Self)| async move {
            let item = pages.next().await?;
            Some((item.map_err(|error| table.fault(&error)), (pages, table)))
        };
        stream::unfold((pages, self.clone()), next).boxed()
    }

    /// The whole events of these keys, in the same order. Deleted events are left out.
    pub(crate) fn by_keys(&self, keys: Items) -> Items {
        let table = self.clone();
        let read = move |keys: Vec<Result<RecordedEvent, Fault>>| {
            let table = table.clone();
            async move { Ok::<_, Fault>(stream::iter(table.get(keys).await?).map(Ok)) }
        };
        keys.chunks(KEYS_AT_A_TIME).map(read).buffered(BATCHES_AT_A_TIME).try_flatten().boxed()
    }

    async fn get(&self, heads: Vec<Result<RecordedEvent, Fault>>) -> Result<Vec<RecordedEvent>, Fault> {
        let heads = heads.into_iter().collect::<Result<Vec<_>, _>>()?;
        // The builder fails only without keys.
        let keys = heads.iter().map(RecordedEvent::key).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build().ok();
        let mut unread = keys.map(|keys| HashMap::from([(self.name.clone(), keys)]));
        let mut found = HashMap::new();
        let mut pause = Pause::new(FIRST_PAUSE, LONGEST_PAUSE);
        while let Some(request) = unread {
            let got = self.client.batch_get_item().set_request_items(Some(request)).send().await;
            let got = got.map_err(|error| self.fault(&error))?;
            for item in got.responses.into_iter().flat_map(HashMap::into_values).flatten() {
                let event = RecordedEvent::from(item);
                found.insert(event.order(), event);
            }
            unread = got.unprocessed_keys.filter(|left| !left.is_empty());
            // DynamoDB leaves keys unprocessed if the response would exceed 16 MB, or if it throttles reads.
            if unread.is_some() {
                pause.lengthen();
                pause.wait().await;
            }
        }
        Ok(heads.iter().filter_map(|head| found.remove(&head.order())).collect())
    }

    /// The same events, with bodies assembled from parts. If parts are missing, the event has no body.
    pub(crate) fn with_bodies(&self, items: Items) -> Items {
        let table = self.clone();
        let whole = move |event: Result<RecordedEvent, Fault>| {
            let table = table.clone();
            async move { table.with_body(event?).await }
        };
        items.map(whole).buffered(BODIES_AT_A_TIME).boxed()
    }

    /// The event with its body, if there is one.
    pub(crate) async fn with_body(&self, mut event: RecordedEvent) -> Result<RecordedEvent, Fault> {
        if event.has_parts() && event.body().is_none() {
            let parts: Vec<_> = self.parts(&event, Wanted::Whole).try_collect().await?;
            event.join(&parts);
        }
        Ok(event)
    }

    /// The items with the parts of an event's body.
    pub(crate) fn parts(
        &self,
        event: &RecordedEvent,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<Item, Fault>> {
        let query = self.partition(&event.parts_pk()).key_condition_expression("pk = :pk");
        self.items_of_query(query, wanted)
    }

    pub(crate) async fn size(&self) -> Result<Size, Fault> {
        let table = self.described().await?;
        Ok(Size { items: count(table.item_count), read_units: read_units(table.table_size_bytes) })
    }

    /// The size of an index. `None` if unknown.
    pub(crate) async fn index_size(&self, name: &str) -> Option<Size> {
        let table = self.described().await.ok()?;
        let index = table.global_secondary_indexes().iter().find(|index| index.index_name() == Some(name))?;
        Some(Size {
            items: count(index.item_count.or(table.item_count)),
            read_units: read_units(index.index_size_bytes.or(table.table_size_bytes)),
        })
    }

    async fn described(&self) -> Result<TableDescription, Fault> {
        let described = self.client.describe_table().table_name(&self.name).send().await;
        let described = described.map_err(|error| self.fault(&error))?;
        described
            .table
            .ok_or_else(|| Fault::Message(format!("DynamoDB does not describe the table {}", self.name)))
    }
}

fn count(count: Option<i64>) -> u64 {
    u64::try_from(count.unwrap_or(0)).unwrap_or(0)
}

/// Half a unit per 4 KB: a scan is eventually consistent.
fn read_units(bytes: Option<i64>) -> u64 {
    count(bytes).div_ceil(8192)
}
