-- What the console lists: the tokens of a person, and the lines of one action.

CREATE INDEX one_time_tokens_holder ON one_time_tokens (telegram_user_id) WHERE telegram_user_id IS NOT NULL;
CREATE INDEX one_time_tokens_account ON one_time_tokens (platform_user_id) WHERE platform_user_id IS NOT NULL;

CREATE INDEX audit_log_action ON audit_log (action, entry_id);
