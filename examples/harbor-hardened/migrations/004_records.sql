-- Who did what and when. Holds ids, no names or addresses, so that it may outlive the people.
CREATE TABLE audit_log (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id BIGINT REFERENCES organisations (id) ON DELETE SET NULL,
  actor_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  action TEXT NOT NULL,
  subject TEXT,
  request_id TEXT,
  detail JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object'),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX audit_log_organisation_id ON audit_log (organisation_id, id DESC);
CREATE INDEX audit_log_actor_id ON audit_log (actor_id);

-- What the model was asked and what it answered; kept for 30 days.
CREATE TABLE ai_requests (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id BIGINT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('summary', 'ask')),
  model TEXT NOT NULL,
  prompt TEXT NOT NULL,
  reply TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'failed')),
  tokens INTEGER NOT NULL CHECK (tokens >= 0),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ai_requests_organisation_id ON ai_requests (organisation_id, id DESC);
CREATE INDEX ai_requests_user_id ON ai_requests (user_id);
CREATE INDEX ai_requests_created_at ON ai_requests (created_at);

CREATE TABLE ai_usage (
  organisation_id BIGINT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  day DATE NOT NULL,
  tokens BIGINT NOT NULL CHECK (tokens >= 0),
  PRIMARY KEY (organisation_id, day)
);

-- Counters of the rate limits, shared by all instances.
CREATE TABLE rate_limits (
  key TEXT PRIMARY KEY,
  hits INTEGER NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX rate_limits_expires_at ON rate_limits (expires_at);
