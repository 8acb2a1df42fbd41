"""What every page needs: permission, form, headers, errors, filters."""
