import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # What an installation made before the first release has been through.
    replaces = [
        ('mail', '0001_initial'),
        ('mail', '0002_due_in_order'),
        ('mail', '0003_strikes_and_hold'),
        ('mail', '0004_reminders_apart'),
    ]

    dependencies = [
        ('participants', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('component', models.CharField(max_length=40, unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MailPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_preferences', to=settings.AUTH_USER_MODEL)),
                ('program_id', models.BigIntegerField(null=True)),
                ('kind_group', models.CharField(blank=True, default='', max_length=20)),
                ('until', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('program_id__isnull', False)), fields=('user', 'program_id', 'kind_group'), name='one_preference_a_program_and_group'), models.UniqueConstraint(condition=models.Q(('program_id__isnull', True)), fields=('user', 'kind_group'), name='one_preference_a_group_without_program')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to=settings.AUTH_USER_MODEL)),
                ('channel', models.CharField(choices=[('email', 'E-mail')], default='email', max_length=10)),
                ('program_id', models.BigIntegerField(null=True)),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('unknown', 'Perhaps sent'), ('cancelled', 'Cancelled'), ('expired', 'Too late to send'), ('failed', 'Failed'), ('held', 'Held back')], default='pending', max_length=10)),
                ('not_before', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField(null=True)),
                ('lease_token', models.UUIDField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('strikes', models.PositiveSmallIntegerField(default=0)),
                ('handed_over_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('message_id', models.CharField(max_length=300)),
                ('last_error_class', models.CharField(blank=True, max_length=80)),
                ('last_error', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-not_before', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'sending'])), fields=['not_before', 'id'], name='message_due'), models.Index(fields=['subject_type', 'subject_id'], name='message_subject'), models.Index(fields=['program_id', 'not_before'], name='message_program'), models.Index(fields=['message_id'], name='message_message_id')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'subject_type', 'subject_id', 'sequence', 'recipient', 'channel'), name='one_message_of_a_kind_each'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'sending', 'sent', 'unknown', 'cancelled', 'expired', 'failed', 'held'])), name='message_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='message_sending_is_leased'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='message_sent_has_a_time'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('not_before'))), name='message_expires_after_due'), models.CheckConstraint(condition=models.Q(('strikes__lt', 5), models.Q(('strikes', 5), models.Q(('state__in', ['pending', 'sending', 'held']), _negated=True)), _connector='OR'), name='message_given_up_stays_so')],
            },
        ),
        migrations.CreateModel(
            name='SuppressedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'suppressed addresses',
            },
        ),
        migrations.CreateModel(
            name='Tick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('slot', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'slot'), name='one_tick_a_slot')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_hold')],
            },
        ),
    ]
