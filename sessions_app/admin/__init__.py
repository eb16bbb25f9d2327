"""The admin: accounts, and interviews to review. Nobody edits what was said;
words can be blacked out."""

from django.contrib import admin

from sessions_app.admin import disputes, people, records, sessions

admin.site.site_title = admin.site.site_header = "Interviewer"
admin.site.index_title = "Administration"

__all__ = ["disputes", "people", "records", "sessions"]
