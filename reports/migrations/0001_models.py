import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # What an installation made before the first release has been through.
    replaces = [
        ('reports', '0001_initial'),
        ('reports', '0002_comparing'),
        ('reports', '0003_signals'),
        ('reports', '0004_exports'),
        ('reports', '0005_sharing_and_prices'),
        ('reports', '0006_lots'),
        ('reports', '0007_more_lots'),
        ('reports', '0008_orders'),
    ]

    dependencies = [
        ('matching', '0001_models'),
        ('participants', '__first__'),
        ('programs', '0001_models'),
        ('surveys', '0001_models'),
    ]

    operations = [
        migrations.CreateModel(
            name='ComparisonLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='programs.program')),
                ('kind', models.CharField(choices=[('midpoint', 'Mid-point'), ('close', 'Close')], max_length=10)),
                ('as_of', models.DateTimeField()),
                ('locked_at', models.DateTimeField()),
                ('content', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['as_of'],
                'constraints': [models.UniqueConstraint(fields=('program', 'kind'), name='looked_once_at_each_date'), models.CheckConstraint(condition=models.Q(('kind__in', ['midpoint', 'close'])), name='look_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='ComparisonPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='comparison_plan', to='programs.program')),
                ('assignment', models.CharField(choices=[('choose', 'People choose'), ('coordinator', 'A coordinator decides'), ('lottery', 'Lots decide who is in which model'), ('waitlist', 'Lots decide who begins now, and who in the next round'), ('nudge', 'Lots decide to which of two models somebody is invited; they choose themselves'), ('crossover', 'Lots decide who begins with which of two models; later all change over to the other')], default='choose', max_length=12)),
                ('margin', models.FloatField(blank=True, null=True)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('assignment__in', ['choose', 'coordinator', 'lottery', 'waitlist', 'nudge', 'crossover'])), name='assignment_known'), models.CheckConstraint(condition=models.Q(('margin__isnull', True), models.Q(('margin__gt', 0), ('margin__lte', 6)), _connector='OR'), name='margin_within_the_scale')],
            },
        ),
        migrations.CreateModel(
            name='ExportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='export_jobs', to='programs.program')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='export_jobs', to=settings.AUTH_USER_MODEL)),
                ('table', models.CharField(max_length=40)),
                ('format', models.CharField(max_length=10)),
                ('part', models.CharField(blank=True, max_length=100)),
                ('mark', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Being made'), ('ready', 'Ready'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('progress', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('file', models.FileField(blank=True, max_length=200, upload_to='exports/')),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('asked_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('ready_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('fetched_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'ready', 'failed', 'cancelled'])), name='export_job_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(('expires_at__isnull', False), ('ready_at__isnull', False), models.Q(('file', ''), _negated=True)), _connector='OR'), name='export_job_ready_has_a_file'), models.UniqueConstraint(condition=models.Q(('program__isnull', False), ('state__in', ['queued', 'running'])), fields=('program', 'by', 'table', 'format', 'part', 'mark'), name='one_open_export_of_a_program_each'), models.UniqueConstraint(condition=models.Q(('program__isnull', True), ('state__in', ['queued', 'running'])), fields=('by', 'table', 'format', 'part', 'mark'), name='one_open_export_of_the_whole_each')],
            },
        ),
        migrations.CreateModel(
            name='ExportLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='programs.program')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('what', models.CharField(max_length=40)),
                ('format', models.CharField(max_length=10)),
                ('rows', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='matching.match')),
                ('rule', models.CharField(max_length=20)),
                ('raised_at', models.DateTimeField()),
                ('muted_at', models.DateTimeField(null=True)),
                ('muted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['raised_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('match', 'rule'), name='one_flag_of_a_rule_and_match')],
            },
        ),
        migrations.CreateModel(
            name='LookView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('look', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='reports.comparisonlook')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('look', 'by'), name='look_seen_first_once')],
            },
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='price', to='programs.program')),
                ('hour', models.DecimalField(decimal_places=2, max_digits=10)),
                ('costs', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('currency', models.CharField(max_length=3)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('costs__gte', 0), ('hour__gt', 0)), name='price_of_something'), models.CheckConstraint(condition=models.Q(('currency', ''), _negated=True), name='price_has_a_currency')],
            },
        ),
        migrations.CreateModel(
            name='SharedReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='shared_reports', to='programs.program')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('content', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('expires_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('openings', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='shared_report_expires_later'), models.CheckConstraint(condition=models.Q(('token_hash', ''), _negated=True), name='shared_report_has_a_key')],
            },
        ),
        migrations.CreateModel(
            name='Threshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='thresholds', to='programs.program')),
                ('slug', models.CharField(max_length=40)),
                ('value', models.FloatField()),
            ],
            options={
                'ordering': ['slug'],
                'constraints': [models.UniqueConstraint(fields=('program', 'slug'), name='one_threshold_of_a_kind'), models.CheckConstraint(condition=models.Q(('value__gt', 0), ('value__lte', 365)), name='threshold_within_a_year')],
            },
        ),
        migrations.CreateModel(
            name='AnswerSignal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signals', to='surveys.publication')),
                ('rule', models.CharField(max_length=20)),
                ('matches', models.PositiveIntegerField(null=True)),
                ('out_of', models.PositiveIntegerField(null=True)),
            ],
            options={
                'ordering': ['publication', 'rule'],
                'constraints': [models.UniqueConstraint(fields=('publication', 'rule'), name='one_answer_signal_of_a_rule'), models.CheckConstraint(condition=models.Q(models.Q(('matches__isnull', True), ('out_of__isnull', True)), models.Q(('matches__isnull', False), ('matches__lte', models.F('out_of')), ('out_of__isnull', False)), _connector='OR'), name='answer_signal_whole_or_hidden')],
            },
        ),
    ]
