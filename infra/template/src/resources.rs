//! The physical name, address and ARN of each resource on this machine.

use serde_yaml_ng::Value;

use crate::resolve::Surroundings;

/// One entry of `Resources` before its properties are resolved.
pub(crate) struct Resource {
    pub kind: String,
    pub name: String,
}

impl Resource {
    /// Names a resource as its own name property says, or after its logical id.
    pub(crate) fn read(logical: &str, body: &Value) -> Option<Self> {
        let kind = body.get("Type")?.as_str()?.to_owned();
        let own = |property: &str| {
            body.get("Properties")
                .and_then(|all| all.get(property))
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let name = match kind.as_str() {
            "AWS::SQS::Queue" => own("QueueName"),
            "AWS::DynamoDB::Table" => own("TableName"),
            "AWS::S3::Bucket" => own("BucketName").or_else(|| Some(kebab(logical))),
            "AWS::Serverless::Function" => own("FunctionName").or_else(|| own("CodeUri").and_then(last_folder)),
            _ => None,
        };
        Some(Self {
            kind,
            name: name.unwrap_or_else(|| logical.to_owned()),
        })
    }

    /// What `!Ref` gives: an address for a queue, a name for all else.
    pub(crate) fn reference(&self, around: &Surroundings) -> String {
        match self.kind.as_str() {
            "AWS::SQS::Queue" => format!("{}/{}/{}", around.sqs, crate::ACCOUNT, self.name),
            _ => self.name.clone(),
        }
    }

    /// What `!GetAtt` gives; `None` for an attribute that has no meaning here.
    pub(crate) fn attribute(&self, attribute: &str) -> Option<String> {
        let (region, account, name) = (crate::REGION, crate::ACCOUNT, &self.name);
        match (self.kind.as_str(), attribute) {
            ("AWS::SQS::Queue", "QueueName") => Some(name.clone()),
            ("AWS::SQS::Queue", "Arn") => Some(format!("arn:aws:sqs:{region}:{account}:{name}")),
            ("AWS::DynamoDB::Table", "Arn") => Some(format!("arn:aws:dynamodb:{region}:{account}:table/{name}")),
            ("AWS::S3::Bucket", "Arn") => Some(format!("arn:aws:s3:::{name}")),
            ("AWS::Serverless::Function", "Arn") => Some(format!("arn:aws:lambda:{region}:{account}:function:{name}")),
            ("AWS::Logs::LogGroup", "Arn") => Some(format!("arn:aws:logs:{region}:{account}:log-group:{name}")),
            ("AWS::CloudWatch::Alarm", "Arn") => Some(format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}")),
            ("AWS::KMS::Key", "Arn") => Some(format!("arn:aws:kms:{region}:{account}:key/{name}")),
            _ => None,
        }
    }
}

/// The last folder of `../target/lambda/cart/`.
fn last_folder(path: String) -> Option<String> {
    path.trim_end_matches('/').rsplit('/').next().map(str::to_owned)
}

/// `FilesBucket` becomes `files-bucket`: bucket names have no capitals.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
