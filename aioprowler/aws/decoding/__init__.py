"""From the bytes of a reply to what is read of it, in every protocol of AWS's."""
