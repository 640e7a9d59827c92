-- The view `events` of the archive for DuckDB, over a copy of its bucket in the folder `archive`: docs/recipes.md.
-- Translated from Athena's SQL in archive.yaml by tests/archive/statements.py.

CREATE OR REPLACE VIEW exports AS
SELECT CAST(json AS VARCHAR) AS line, day
FROM read_json_objects(
    'archive/events/day=*/AWSDynamoDB/data/**/*.gz',
    format = 'newline_delimited', hive_partitioning = true, hive_types = {'day': VARCHAR}
);

CREATE OR REPLACE VIEW other_days AS
SELECT CAST(json AS VARCHAR) AS line
FROM read_json_objects('archive/other_days/**/*.gz', format = 'newline_delimited');

CREATE OR REPLACE VIEW events AS
WITH recorded_items AS (
  SELECT
    day,
    line ->> '$.Keys.pk.S' AS pk,
    line ->> '$.Keys.sk.S' AS sk,
    CAST(COALESCE(
      line ->> '$.Metadata.WriteTimestampMicros.N',
      line ->> '$.Metadata.WriteTimestampMicros'
    ) AS BIGINT) AS micros,
    line
  FROM exports
  WHERE
    NOT (
      line -> '$.NewImage'
    ) IS NULL AND (
      line -> '$.OldImage'
    ) IS NULL
), recorded AS (
  SELECT
    day,
    CASE WHEN sk LIKE 'part#%' THEN pk ELSE pk || '#' || sk END AS event,
    ARG_MAX(line, micros) FILTER(WHERE
      sk NOT LIKE 'part#%') AS line,
    MAX(micros) FILTER(WHERE
      sk NOT LIKE 'part#%') AS micros,
    ARRAY_AGG(DISTINCT SUBSTRING(sk, 6) || (
      line ->> '$.NewImage.Part.S'
    )) FILTER(WHERE
      sk LIKE 'part#%') AS parts
  FROM recorded_items
  GROUP BY
    1,
    2
), later_items AS (
  SELECT
    CASE WHEN sk LIKE 'part#%' THEN pk ELSE pk || '#' || sk END AS event,
    sk,
    MAX(micros) FILTER(WHERE
      NOT is_there) AS gone,
    MAX(micros) FILTER(WHERE
      is_there) AS micros,
    ARG_MAX(line, micros) FILTER(WHERE
      is_there) AS line
  FROM (
    SELECT
      line ->> '$.Keys.pk.S' AS pk,
      line ->> '$.Keys.sk.S' AS sk,
      CAST(COALESCE(
        line ->> '$.Metadata.WriteTimestampMicros.N',
        line ->> '$.Metadata.WriteTimestampMicros'
      ) AS BIGINT) AS micros,
      NOT (
        line -> '$.NewImage'
      ) IS NULL AS is_there,
      line
    FROM other_days
  ) AS lines
  GROUP BY
    1,
    2
), later AS (
  SELECT
    event,
    MAX(gone) FILTER(WHERE
      sk NOT LIKE 'part#%') AS gone,
    MAX(micros) FILTER(WHERE
      sk NOT LIKE 'part#%') AS micros,
    MAX(line) FILTER(WHERE
      sk NOT LIKE 'part#%') AS line,
    ARRAY_AGG(SUBSTRING(sk, 6) || (
      line ->> '$.NewImage.Part.S'
    )) FILTER(WHERE
      sk LIKE 'part#%' AND NOT line IS NULL) AS parts
  FROM later_items
  GROUP BY
    1
), newest AS (
  SELECT
    recorded.day,
    CASE
      WHEN COALESCE(later.micros, 0) > recorded.micros
      THEN later.line
      ELSE recorded.line
    END AS line,
    COALESCE(recorded.parts, []) AS parts,
    COALESCE(later.parts, []) AS later_parts
  FROM recorded
  LEFT JOIN later
    ON later.event = recorded.event
  WHERE
    NOT recorded.line IS NULL AND COALESCE(later.gone, 0) <= recorded.micros
), counted AS (
  SELECT
    day,
    line,
    parts,
    later_parts,
    COALESCE(CAST(line ->> '$.NewImage.BodyParts.N' AS INT), 0) AS body_parts
  FROM newest
), whole AS (
  SELECT
    day,
    line,
    body_parts,
    LIST_SORT(
      LIST_FILTER(
        LIST_FILTER(
          parts,
          LAMBDA one : NOT ARRAY_CONTAINS(
            LIST_TRANSFORM(later_parts, LAMBDA other : SUBSTRING(other, 1, 4)),
            SUBSTRING(one, 1, 4)
          )
        ) || later_parts,
        LAMBDA one : CAST(SUBSTRING(one, 1, 4) AS INT) <= body_parts
      )
    ) AS parts
  FROM counted
), bodies AS (
  SELECT
    day,
    line,
    COALESCE(
      line ->> '$.NewImage.Body.S',
      CASE
        WHEN body_parts > 0 AND ARRAY_LENGTH(parts) = body_parts
        THEN ARRAY_TO_STRING(LIST_TRANSFORM(parts, LAMBDA one : SUBSTRING(one, 5)), '')
      END
    ) AS body
  FROM whole
)
SELECT
  day,
  line ->> '$.Keys.pk.S' AS pk,
  line ->> '$.Keys.sk.S' AS sk,
  CAST('1970-01-01 00:00:00.000' AS TIMESTAMP(3)) + INTERVAL (TRY_CAST(SUBSTRING(line ->> '$.Keys.sk.S', 1, 13) AS BIGINT)) MILLISECOND AS time,
  line ->> '$.NewImage.SdkAppid.S' AS SdkAppid,
  line ->> '$.NewImage.CallbackCommand.S' AS CallbackCommand,
  CAST(line ->> '$.NewImage.EventTime.N' AS BIGINT) AS EventTime,
  CAST(line ->> '$.NewImage.ReceivedAt.N' AS BIGINT) AS ReceivedAt,
  line ->> '$.NewImage.GroupId.S' AS GroupId,
  line ->> '$.NewImage.Type.S' AS Type,
  line ->> '$.NewImage.Name.S' AS Name,
  line ->> '$.NewImage.From_Account.S' AS From_Account,
  line ->> '$.NewImage.To_Account.S' AS To_Account,
  line ->> '$.NewImage.Owner_Account.S' AS Owner_Account,
  line ->> '$.NewImage.Operator_Account.S' AS Operator_Account,
  line ->> '$.NewImage.ClientIP.S' AS ClientIP,
  line ->> '$.NewImage.OptPlatform.S' AS OptPlatform,
  line ->> '$.NewImage.Problem.S' AS Problem,
  line ->> '$.NewImage.Answer.S' AS Answer,
  COALESCE(line ->> '$.NewImage.Erased.S', line ->> '$.NewImage.Erased.N') AS Erased,
  TRY(
    ARRAY_TO_STRING(
      LIST_TRANSFORM(
        LIST_FILTER(
          CAST(body -> '$.MsgBody' AS JSON[]),
          LAMBDA element : (
            element ->> '$.MsgType'
          ) = 'TIMTextElem'
        ),
        LAMBDA element : element ->> '$.MsgContent.Text'
      ),
      ' '
    )
  ) AS text,
  body,
  CAST(TO_JSON(line -> '$.NewImage') AS TEXT) AS item
FROM bodies;
