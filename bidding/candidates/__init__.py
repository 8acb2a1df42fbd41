"""The winning candidates of a lot: drafted from what was opened, then published and objected to as announcements are."""
