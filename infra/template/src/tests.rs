//! The template is read as CloudFormation would read it, and our own template can be started.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::*;

const SMALL: &str = r#"
Parameters:
  Origin: { Type: String }
  Visibility: { Type: Number, Default: 180 }
Globals:
  Function:
    Timeout: 30
    Environment: { Variables: { EVERYWHERE: here } }
Resources:
  Api: { Type: AWS::Serverless::HttpApi }
  BuyerFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../target/lambda/buyer/
      MemorySize: 512
      Events:
        Page: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: get, Path: "/buys/{id}" } }
        Rest: { Type: HttpApi }
        Messages:
          Type: SQS
          Properties: { Queue: !GetAtt BuyQueue.Arn, BatchSize: 5, FunctionResponseTypes: [ReportBatchItemFailures] }
        Tick: { Type: Schedule, Properties: { Schedule: rate(2 hours) } }
      Environment:
        Variables:
          QUEUE: !Ref BuyQueue
          TABLE: !Ref Orders
          FILES: !Ref PhotoFiles
          HELP: !Sub "${Origin}/help of ${AWS::Region} and ${Orders.Arn}"
  BuyQueue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: buy-queue
      VisibilityTimeout: !Ref Visibility
      RedrivePolicy: { deadLetterTargetArn: !GetAtt BuyDeadLetters.Arn, maxReceiveCount: 5 }
  BuyDeadLetters: { Type: AWS::SQS::Queue, Properties: { QueueName: buy-dead-letters } }
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
  PhotoFiles:
    Type: AWS::S3::Bucket
    Properties:
      CorsConfiguration: { CorsRules: [{ AllowedMethods: [PUT], AllowedOrigins: [!Ref Origin] }] }
"#;

fn read(text: &str, parameters: &str) -> anyhow::Result<Template> {
    let parameters = Parameters::parse(parameters, &[("gateway", "http://shop")])?;
    Template::parse(
        text,
        &parameters,
        &Surroundings {
            sqs: "http://sqs".to_owned(),
        },
    )
}

fn small() -> Template {
    read(SMALL, r#"Origin = "{gateway}""#).unwrap()
}

#[test]
fn a_function_gets_exactly_its_settings_with_all_names_resolved() {
    let template = small();

    let buyer = template.function("buyer").unwrap();

    let expected = [
        ("EVERYWHERE", "here"),
        ("FILES", "photo-files"),
        (
            "HELP",
            "http://shop/help of us-east-1 and arn:aws:dynamodb:us-east-1:000000000000:table/Orders",
        ),
        ("QUEUE", "http://sqs/000000000000/buy-queue"),
        ("TABLE", "Orders"),
    ];
    let expected: BTreeMap<_, _> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!(buyer.environment, expected);
    assert_eq!((buyer.memory, buyer.timeout), (512, Duration::from_secs(30)));
}

#[test]
fn a_function_has_the_triggers_of_its_events() {
    let template = small();

    let buyer = template.function("buyer").unwrap();

    let page = Route {
        target: Some(("GET".to_owned(), "/buys/{id}".to_owned())),
    };
    assert_eq!(buyer.routes, [page, Route { target: None }]);
    let mapping = &buyer.mappings[0];
    assert_eq!((mapping.queue.as_str(), mapping.batch_size), ("buy-queue", 5));
    assert_eq!(mapping.failures, Failures::Named);
    assert_eq!(buyer.schedules[0].every, Duration::from_secs(7_200));
}

#[test]
fn queues_tables_and_buckets_are_ready_for_their_servers() {
    let template = small();

    let queue = template.queues.iter().find(|queue| queue.name == "buy-queue").unwrap();
    assert_eq!(queue.attributes["VisibilityTimeout"], "180");
    let redrive: Value = serde_json::from_str(&queue.attributes["RedrivePolicy"]).unwrap();
    assert_eq!(
        redrive["deadLetterTargetArn"],
        "arn:aws:sqs:us-east-1:000000000000:buy-dead-letters"
    );
    assert_eq!(template.tables[0].definition["TableName"], "Orders");
    assert_eq!(template.tables[0].expires_by.as_deref(), Some("expires_at"));
    assert_eq!(template.buckets[0].name, "photo-files");
    assert_eq!(template.buckets[0].upload_origins, ["http://shop"]);
}

#[test]
fn a_missing_and_an_unknown_parameter_are_told_together() {
    let error = format!("{:#}", read(SMALL, "Orgin = \"x\"").unwrap_err());

    assert!(
        error.contains("Origin has no value") && error.contains("Orgin is not a parameter"),
        "{error}"
    );
}

#[test]
fn a_wrong_name_anywhere_stops_the_start_and_says_where() {
    for (from, to, said) in [
        ("!Ref BuyQueue", "!Ref BuyQeue", "BuyQeue"),
        ("BuyDeadLetters.Arn", "BuyDeadLetters.Url", "BuyDeadLetters.Url"),
        ("${Origin}", "${Orgin}", "Orgin"),
        ("!Ref Origin]", "!If Origin]", "!If"),
        ("rate(2 hours)", "cron(0 12 * * ? *)", "cron"),
        ("AWS::S3::Bucket", "AWS::EFS::FileSystem", "AWS::EFS::FileSystem"),
    ] {
        let broken = SMALL.replace(from, to);
        assert_ne!(broken, SMALL);

        let error = format!("{:#}", read(&broken, "Origin = \"x\"").unwrap_err());

        assert!(error.contains(said), "{to}: {error}");
    }
}

#[test]
fn a_value_of_the_caller_wins_over_the_file() {
    let file = std::env::temp_dir().join(format!("parameters-{}.toml", std::process::id()));
    std::fs::write(&file, "A = \"{sandbox}/a\"\nB = 7\n").unwrap();

    let overrides = BTreeMap::from([("B".to_owned(), "9".to_owned())]);
    let parameters = Parameters::read(&file, &[("sandbox", "http://box")], &overrides).unwrap();

    std::fs::remove_file(file).unwrap();
    assert_eq!(
        (parameters.get("A"), parameters.get("B")),
        (Some("http://box/a"), Some("9"))
    );
}

#[test]
fn our_own_template_and_parameters_fit_together() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let addresses = [("gateway", "http://shop"), ("sandbox", "http://box")];
    let file = root.join("infra/local/parameters.toml");
    let parameters = Parameters::read(&file, &addresses, &BTreeMap::new()).unwrap();

    let around = Surroundings {
        sqs: "http://sqs".to_owned(),
    };
    let template = Template::read(&root.join("infra/template.yaml"), &parameters, &around).unwrap();

    for function in &template.functions {
        let folder = root.join("functions").join(&function.name);
        assert!(folder.join("Cargo.toml").is_file(), "{} has no folder", function.name);
        assert!(
            !(function.routes.is_empty() && function.mappings.is_empty() && function.schedules.is_empty()),
            "nothing ever starts {}",
            function.name
        );
        for mapping in &function.mappings {
            assert!(
                template.queues.iter().any(|queue| queue.name == mapping.queue),
                "{}",
                mapping.queue
            );
        }
    }
    let folders = std::fs::read_dir(root.join("functions")).unwrap();
    let packages = folders.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(template.functions.len(), packages);
}
