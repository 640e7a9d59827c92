//! A metric of CloudWatch.

use aws_sdk_cloudwatch::{
    Client,
    error::SdkError,
    operation::get_metric_statistics::GetMetricStatisticsError,
    primitives::DateTime,
    types::{Datapoint, Dimension, Statistic},
};

use crate::deployment::Deployment;

/// A metric with one dimension, and the statistic to read.
pub(super) struct Metric {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    /// The dimension's name and value.
    pub(super) dimension: (&'static str, String),
    pub(super) statistic: Statistic,
    /// Seconds.
    pub(super) period: i32,
}

impl Metric {
    /// The values between two times, which are milliseconds since the epoch. They have no order.
    pub(super) async fn values(
        self,
        deployment: &Deployment,
        from: u64,
        to: u64,
    ) -> Result<Vec<Datapoint>, SdkError<GetMetricStatisticsError>> {
        let time = |millis: u64| DateTime::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
        let (name, value) = self.dimension;
        let response = Client::new(&deployment.config)
            .get_metric_statistics()
            .namespace(self.namespace)
            .metric_name(self.name)
            .dimensions(Dimension::builder().name(name).value(value).build())
            .statistics(self.statistic)
            .period(self.period)
            .start_time(time(from))
            .end_time(time(to))
            .send()
            .await?;
        Ok(response.datapoints.unwrap_or_default())
    }
}
