"""The areas that are looked for unless the configuration says otherwise, told by the names that projects use.

High stakes have the parts where a mistake costs money, data or trust, and is seen late. Tests and documentation of a
part are not the part.
"""

from __future__ import annotations

ASIDE = (
    *("!test", "!tests", "!__tests__", "!testdata", "!spec", "!specs", "!test_*", "!*_test.*", "!*_spec.*"),
    *("!*.test.*", "!*.spec.*", "!doc", "!docs", "!*.md", "!*.rst", "!*.adoc"),
)
"""Left out of every known area."""

_AUTH = (
    *("auth", "auth.*", "auth[-_]*", "*[-_]auth", "*[-_]auth.*", "authn", "authz", "authentication*"),
    *("authenticat*", "authorization*", "authorisation*", "authoriz*", "oauth*", "openid*", "oidc*", "saml*"),
    *("sso", "sso[-_.]*", "login*", "signin*", "permissions*", "rbac*", "password*", "jwt*"),
)
_PAYMENTS = (
    *("payment*", "*[-_]payment*", "billing*", "*[-_]billing*", "invoice*", "invoicing*", "payout*", "refund*"),
    *("pricing*", "stripe*", "paypal*", "braintree*", "adyen*"),
)
_MIGRATIONS = (
    *("migration", "migrations", "alembic", "alembic.ini", "db/migrate/", "flyway*", "liquibase*"),
    *("V[0-9]*__*.sql", "schema.prisma", "db/schema.rb", "db/structure.sql"),
)
_INFRASTRUCTURE = (
    *("/.github/workflows/", "/.github/actions/", "action.yml", ".gitlab-ci*.yml", "/.gitlab/ci/", "/.circleci/"),
    *("/.buildkite/", "Jenkinsfile*", "azure-pipelines*.y*ml", "bitbucket-pipelines.yml", ".travis.yml", ".drone.yml"),
    *("Dockerfile*", "*.dockerfile", "Containerfile", "docker-compose*.y*ml", "compose*.y*ml", ".dockerignore"),
    *("*.tf", "*.tfvars", "*.hcl", "terraform/", "k8s/", "kubernetes/", "helm/", "Chart.y*ml", "kustomization.y*ml"),
    *("ansible/", "pulumi*.y*ml", "cloudformation*", "serverless.y*ml", "infra/", "infrastructure/", "deploy/"),
    *("deployment/", "deployments/"),
)
_INTERFACES = (
    *("openapi*", "swagger*", "asyncapi*", "*.proto", "*.graphql", "*.graphqls", "*.avsc", "*.thrift", "*.wsdl"),
    *("*.xsd", "include/**/*.h", "include/**/*.hpp", "include/**/*.hh", "*.d.ts", "*.pyi", "api-schema*"),
)
_SECRETS = (
    *("secret", "secrets", "secret[-_.]*", "secrets[-_.]*", "crypto", "crypto[-_.]*", "cryptography", "encrypt*"),
    *("decrypt*", "cipher*", "kms", "vault", "vault[-_.]*", "keystore*", "*.pem", "*.p12", "*.pfx", "*.jks"),
    *(".env", ".env.*", "!.env.example", "!.env.sample", "!.env.template", ".sops.yaml"),
)

KNOWN: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("auth", (*_AUTH, *ASIDE), "high"),
    ("payments", (*_PAYMENTS, *ASIDE), "high"),
    ("migrations", (*_MIGRATIONS, *ASIDE), "high"),
    ("secrets", (*_SECRETS, *ASIDE), "high"),
    ("infrastructure", (*_INFRASTRUCTURE, *ASIDE), "normal"),
    ("interfaces", (*_INTERFACES, *ASIDE), "normal"),
)
"""(name, patterns, stakes)."""

PACKAGES = ("packages/*", "apps/*", "crates/*", "services/*", "libs/*")
"""Where monorepos keep their packages."""
