FROM python:3.11-slim AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement /tmp/base.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/mentorship
# What draws a certificate as a file, and letters for names that the product's own fonts do not have.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 1000 --user-group --no-create-home mentorship \
    && install --directory --owner mentorship --group mentorship --mode 0750 /var/lib/mentorship
COPY --from=packages /venv /venv
WORKDIR /srv/mentorship
COPY . .
USER mentorship
VOLUME /var/lib/mentorship
EXPOSE 8000
# No access log: paths carry tokens, and a token is a right.
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "2", "--worker-tmp-dir", "/dev/shm", \
     "--no-control-socket", "mentorship.wsgi"]
