"""Names of tools that interviews are about, as data."""

from __future__ import annotations

import re

_NAMES = """
Airflow|Angular|Ansible|AWS|Azure|BigQuery|C\\+\\+|C#|Cassandra|Celery|CircleCI
|ClickHouse|CloudFormation|Consul|Couchbase|Cypress|Databricks|Datadog|dbt
|Debezium|Django|Docker|DynamoDB|ECS|EKS|Elasticsearch|Elixir|Envoy|Erlang|etcd
|Express|FastAPI|Figma|Flask|Flink|Flutter|Gatling|GCP|Git|GitHub Actions|GitLab
|Go|Golang|Grafana|GraphQL|gRPC|Hadoop|Haskell|HBase|Helm|Istio|Java|JavaScript
|Jenkins|Jest|JUnit|k6|Kafka|Keras|Kibana|Kinesis|Kotlin|Kubernetes|Lambda
|Laravel|Linkerd|Looker|MariaDB|Memcached|MLflow|MongoDB|MySQL|Nagios|NATS|Neo4j
|Next\\.js|nginx|Node\\.js|Nomad|NumPy|OAuth|OpenSearch|OpenShift|OpenTelemetry
|Oracle|pandas|Perl|PHP|Playwright|Postgres|PostgreSQL|Power BI|Prometheus
|Pulsar|Pulumi|Puppet|pytest|Python|PyTorch|RabbitMQ|Rails|React|Redis|Redshift
|Redux|Ruby|Rust|S3|SageMaker|Scala|scikit-learn|Selenium|Sentry|Snowflake|Spark
|Splunk|Spring|Spring Boot|SQLite|SQS|Svelte|Swift|Tableau|TensorFlow|Temporal
|Terraform|Tomcat|Trino|TypeScript|Vault|Vue|WebAssembly|Webpack|XGBoost
|ZooKeeper|Zookeeper
"""
TECHNOLOGY = re.compile(
    r"(?<![\w.])(?:" + _NAMES.replace("\n", "") + r")(?![\w+#])",
)
