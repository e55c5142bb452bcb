// Calls of the SDK for JavaScript, version 3; argv[2] is JSON: endpoint, credentials, roles. Prints what was said.
const { STSClient, GetCallerIdentityCommand, AssumeRoleCommand } = require("@aws-sdk/client-sts");
const { S3Client, PutObjectCommand, GetObjectCommand } = require("@aws-sdk/client-s3");
const { DynamoDBClient, ListTablesCommand } = require("@aws-sdk/client-dynamodb");
const asked = JSON.parse(process.argv[2]);
const config = { endpoint: asked.endpoint, region: "us-east-1", maxAttempts: 1, credentials: asked.credentials };
const sts = new STSClient(config);
const s3 = (credentials) => new S3Client({ ...config, forcePathStyle: true, credentials });
async function attempt(work) {
  try { return await work(); } catch (error) { return { refused: error.name, message: error.message }; }
}
(async () => {
  const said = {};
  said.who = (await sts.send(new GetCallerIdentityCommand({}))).Arn;
  said.external = await attempt(() => sts.send(new AssumeRoleCommand({ RoleArn: asked.external, RoleSessionName: "js" })));
  const issued = (await sts.send(new AssumeRoleCommand({ RoleArn: asked.role, RoleSessionName: "js" }))).Credentials;
  const own = { accessKeyId: issued.AccessKeyId, secretAccessKey: issued.SecretAccessKey, sessionToken: issued.SessionToken };
  said.hours = (issued.Expiration - new Date()) / 3600000;
  await s3(own).send(new PutObjectCommand({ Bucket: "data", Key: "a b", Body: "x" }));
  said.read = await (await s3(own).send(new GetObjectCommand({ Bucket: "data", Key: "a b" }))).Body.transformToString();
  said.other = await attempt(() => s3(own).send(new PutObjectCommand({ Bucket: "elsewhere", Key: "k", Body: "x" })));
  said.tables = await attempt(() => new DynamoDBClient({ ...config, credentials: own }).send(new ListTablesCommand({})));
  said.wrong = await attempt(() => new STSClient({ ...config, credentials: { ...own, secretAccessKey: "wrong" } }).send(new GetCallerIdentityCommand({})));
  console.log(JSON.stringify(said));
})();
