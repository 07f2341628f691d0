"""Issues are found by their words: folded text, with a trigram index on PostgreSQL."""

from itertools import batched

from django.db import migrations, models

from contacts.search_text import index_text

CHUNK = 500


def create_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX issue_words ON followups_issue USING gin (search_text gin_trgm_ops)"
        )


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX issue_words")


def fill(apps, schema_editor):
    issues = apps.get_model("followups", "Issue").objects
    rows = issues.only("pk", "text").iterator(chunk_size=CHUNK)
    for chunk in batched(rows, CHUNK):
        for issue in chunk:
            issue.search_text = index_text([issue.text])
        issues.bulk_update(chunk, ["search_text"])


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0009_came_in"),
        ("followups", "0007_follow_through"),
    ]

    operations = [
        migrations.AddField(
            model_name="issue",
            name="search_text",
            field=models.TextField(default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(create_index, drop_index),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
